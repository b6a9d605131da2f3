import { z } from "zod";
import { autoNamedField, identityField } from "../contract/identity";
import { port } from "../contract/port";
import { keyName } from "../ssh_key_pair/fields";
import "../contract/description";

/** The most that the API takes as user data, in bytes of base64 (API operation create-instance). */
export const longestUserData = 32_768;

const sshHost = z.strictObject({
  user: z.string().min(1).optional().meta({ description: "User to log in as. Default: the template's default user." }),
  host: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Address to connect to. Default: the instance's public address." }),
  port: port.optional().meta({ description: "Port of sshd. Default: the provider's `sshPort`, else 22." }),
  hostKey: z.string().min(1).optional().meta({
    description:
      "Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered.",
  }),
  privateKey: z.string().min(1).optional().meta({ description: "Private key to log in with." }),
});

/** How to reach an instance over SSH. */
export const connectionField = sshHost
  .extend({
    bastion: sshHost
      .extend({ host: z.string().min(1).meta({ description: "Address of the jump host." }) })
      .meta({ id: "Bastion", description: "A jump host." })
      .optional()
      .meta({ description: "Jump host to go through." }),
  })
  .meta({ id: "Connection", description: "How to log in to a host over SSH." })
  .optional()
  .meta({
    description:
      "How to log in to the instance, for what this package does over SSH. All of it is a secret. A change of it " +
      "touches nothing.",
    secret: true,
  });

/** A key that an instance is provisioned with. */
export const sshKeyReference = z
  .strictObject({
    name: keyName.meta({ description: "Name of the key in the account." }),
    publicKeyOpenssh: z.string().optional().meta({
      description: "The public key. Without it, two keys are told apart by their names only.",
    }),
  })
  .meta({ id: "SshKeyReference", description: "A key of the account.", resource: "SshKeyPair" });

/** What a program declares of an instance. */
export const instanceInputs = z.object({
  zone: z.string().min(1).optional().meta({
    description:
      "Zone, such as `ch-gva-2`. Default: the provider's `zone` for a new instance; one that exists stays where it is.",
    replaces: true,
  }),
  name: z.string().min(1, "A name has 1 to 255 characters").max(255, "A name has 1 to 255 characters").optional().meta({
    description:
      "Name of the instance. Default: the resource's name, a dash and seven random digits. Changes in place.",
  }),
  type: z
    .string()
    .regex(/^[a-z0-9]+\.[a-z0-9-]+$/i, 'A type is a family, a dot and a size, such as "standard.tiny"')
    .meta({ description: "Instance type, `family.size`. A change stops the instance, scales it and starts it again." }),
  template: z.string().min(1).meta({
    description: "Template: its id, its name, or the beginning of a name that only one template of the zone has.",
    replaces: true,
  }),
  diskSize: z.int().min(10, "A disk has at least 10 GiB").max(51_200, "A disk has at most 51,200 GiB").meta({
    description: "Size of the disk in GiB. Growing it stops the instance and starts it again; it cannot shrink.",
  }),
  sshKeys: z
    .array(sshKeyReference)
    .optional()
    .meta({
      description:
        "Keys of the account that may log in as the template's default user. They are installed at first boot and the " +
        "API cannot change them afterwards, so a change is refused unless `replaceOnKeyChange` permits a new instance.",
    }),
  securityGroups: z
    .array(z.string().min(1).meta({ resource: "SecurityGroup" }))
    .optional()
    .meta({
      description: "Security groups, by id or name. Default: the account's `default` group. Changes in place.",
    }),
  antiAffinityGroups: z.array(z.string().min(1)).optional().meta({
    description: "Anti-affinity groups, by id or name: instances of one group run on different hosts.",
    replaces: true,
  }),
  userData: z.string().optional().meta({
    description:
      "User data for cloud-init, plain text; at most 32,768 bytes once encoded in base64. Changes in place, seen at next boot.",
    secret: true,
  }),
  labels: z.record(z.string(), z.string()).optional().meta({ description: "Labels. Change in place." }),
  publicIpAssignment: z.enum(["inet4", "dual", "none"]).default("inet4").meta({
    description: "Public addresses: `inet4` (default), `dual` (IPv4 and IPv6) or `none`. Changes in place.",
  }),
  state: z.enum(["running", "stopped"]).default("running").meta({
    description: "Whether the instance runs. Changes in place. As an output, the state that the API has.",
  }),
  connection: connectionField,
  replaceOnKeyChange: z.boolean().default(false).meta({
    description: "Make a new instance, disk included, when `sshKeys` changes. Default false: the change is refused.",
  }),
  waitForSsh: z.boolean().default(false).meta({
    description: "Creation ends only when sshd answers, and its host key is then remembered. Default false.",
  }),
  timeouts: z
    .strictObject({
      create: z.number().positive().optional().meta({ description: "Seconds. Default 600." }),
      update: z.number().positive().optional().meta({ description: "Seconds. Default 600." }),
      delete: z.number().positive().optional().meta({ description: "Seconds. Default 600." }),
    })
    .meta({ id: "Timeouts", description: "How long operations may take, in seconds." })
    .optional()
    .meta({ description: "How long an operation may take, in seconds, before it is an error." }),
  identity: identityField,
  autoNamed: autoNamedField,
});

const keyFields = {
  name: z.string().meta({ description: "Name that the key had in the account." }),
  fingerprintMd5: z.string().optional().meta({ description: "Its MD5 fingerprint, where it is known." }),
};
const listedKey = z.object(keyFields).meta({ id: "ListedKey", description: "A key as the API lists it." });
const heldKey = z
  .object({
    ...keyFields,
    publicKeyOpenssh: z.string().optional().meta({ description: "The public key, where the program gave it." }),
    origin: z.enum(["boot", "ssh"]).meta({ description: "Given at first boot (`boot`), or later over SSH (`ssh`)." }),
  })
  .meta({ id: "HeldKey", description: "A key that a machine was given." });

/** What becomes of it. */
export const instanceOutputs = z.object({
  name: z.string().meta({ description: "Name of the instance." }),
  zone: z.string().meta({ description: "Zone that the instance is in." }),
  instanceId: z.string().meta({ description: "Identifier of the instance in the account." }),
  templateId: z.string().optional().meta({ description: "Identifier of the template that the instance started from." }),
  state: z.string().meta({ description: "running, stopped, error, ... as the API has it." }),
  publicIp: z.string().optional().meta({ description: "IPv4 address; absent without a public address." }),
  ipv6Address: z
    .string()
    .optional()
    .meta({ description: "IPv6 address; absent unless `publicIpAssignment` is `dual`." }),
  user: z.string().optional().meta({ description: "User to log in as: the template's default user." }),
  createdAt: z.string().optional().meta({ description: "Time of creation, ISO 8601 in UTC." }),
  sshCommand: z
    .string()
    .optional()
    .meta({ description: "`ssh user@address`, ready to paste; absent without an address." }),
  sshConfig: z
    .string()
    .optional()
    .meta({ description: "A `Host` block for `~/.ssh/config`; absent without an address." }),
  knownHosts: z.string().optional().meta({
    description: "Lines for `known_hosts`, once a host key has been seen (`waitForSsh`).",
  }),
  hostKeys: z.array(z.string()).optional().meta({
    description: "Host keys seen at first contact, each `type base64`. Later connections must show one of them.",
  }),
  bootSshKeys: z.array(listedKey).meta({
    description: "Keys of first boot as the API lists them; a list that may never change, whatever the machine holds.",
  }),
  heldKeys: z
    .array(heldKey)
    .meta({ description: "Our own record of the keys that the machine was given: at first boot, or later over SSH." }),
  owner: z
    .string()
    .optional()
    .meta({ description: "Value of the label that says whose the instance is.", hidden: true }),
  unfinished: z.boolean().optional().meta({
    description: "Whether a step of the creation is still to be done.",
    hidden: true,
  }),
  staleSshKeys: z.array(listedKey).meta({
    description:
      "Keys that the machine was given and the account no longer has, not proven closed: deleted there, still valid here.",
  }),
});

/** The inputs once they are checked: they have a name and a zone by then. */
export type InstanceInputs = z.output<typeof instanceInputs> & { name: string; zone: string };
export type InstanceState = Omit<InstanceInputs, "state"> & z.output<typeof instanceOutputs>;
export type SshKeyReference = z.output<typeof sshKeyReference>;
