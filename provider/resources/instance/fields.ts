import * as z from "zod";
import { instanceConnection } from "../access/fields";
import { choice } from "../contract/choice";
import { autoNamedField, identityField, ownerField } from "../contract/identity";
import { keyName } from "../contract/key_name";
import "../contract/description";
import type { instanceOutputs } from "./outputs";

/** How to reach an instance over SSH. */
const connectionField = instanceConnection.optional().meta({
  description:
    "How to log in to the instance, for what this package does over SSH: a change of `sshKeys`, and `waitForSsh` " +
    "through a bastion. All of it is a secret. Default: the instance's public address, the template's default user, " +
    "the provider's `sshPort`.",
  secret: true,
  change: "touches nothing on the instance",
});

/** The beginning of a public key, which is easily given as a name. */
const PUBLIC_KEY = /^\S+ AAAA/;

/** A key that an instance is provisioned with. */
export const sshKeyReference = z
  .strictObject({
    name: keyName
      .refine(
        (name) => !PUBLIC_KEY.test(name),
        "The name of a key is expected, not a public key: give that as publicKey to an SshKeyPair",
      )
      .meta({ description: "Name of the key in the account." }),
    publicKeyOpenssh: z
      .string()
      .optional()
      .meta({
        description:
          "The public key. Without it, two keys are told apart by their names only, and a key that is added to a running " +
          "machine has to be an SshKeyPair of the same program.",
      }),
  })
  .meta({ id: "SshKeyReference", description: "A key of the account.", resource: "SshKeyPair" });

const publicIpAssignment = choice("PublicIpAssignment", "Public addresses of an instance.", {
  inet4: "An IPv4 address.",
  dual: "An IPv4 and an IPv6 address.",
  none: "No public address.",
});

// Not "InstanceState": SDKs call the state of the resource Instance so.
const powerState = choice("PowerState", "Whether an instance runs.", {
  running: "It runs.",
  stopped: "It is shut down. An instance that is created stopped boots and gets its keys at its first start.",
});

/** A name stands for the key of that name. It is the id of an SshKeyPair, so a program may pass the id as well. */
function readKeyList(given: unknown): unknown {
  return Array.isArray(given) ? given.map((key) => (typeof key === "string" ? { name: key } : key)) : given;
}

/** What a program declares of an instance. */
export const instanceInputs = z.object({
  zone: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Zone, such as `ch-gva-2`. Default: the provider's `zone` for a new instance; an existing one stays in its " +
        "zone. Another zone makes a new instance, disk included.",
      replaces: true,
      replacement: "always",
    }),
  name: z
    .string()
    .min(1, "A name has 1 to 255 characters")
    .max(255, "A name has 1 to 255 characters")
    .optional()
    .meta({
      description:
        "Name of the instance, 1 to 255 characters, and its host name at first boot. Default: the resource's name, " +
        "a dash and seven random hexadecimal digits. Changes in place; the host name inside stays.",
    }),
  type: z
    .string()
    .regex(/^[a-z0-9]+\.[a-z0-9-]+$/i, 'A type is a family, a dot and a size, such as "standard.tiny"')
    .meta({
      change: "stops the instance, scales it and starts it again; most other families are refused",
      description:
        "Instance type, `family.size`, such as `standard.tiny`. A change stops the instance, scales it and starts " +
        "it again; one that is declared `stopped` stays stopped. Between standard, cpu and memory Exoscale decides, " +
        "once the instance is stopped; if it refuses, the instance is started again as it was. Any other family is " +
        "refused at preview, and so is a type that the zone does not have or that the account may not use. If a step " +
        "in between fails, the error says that the instance is stopped, and the next `pulumi up` continues.",
    }),
  template: z
    .string()
    .min(1)
    .meta({
      equivalentForms: true,
      description:
        "Template: its id, its name, or the beginning of a name that only one template of the zone has. Letter case " +
        "does not count. Of several with one name, Exoscale's public ones go before the account's private ones, as " +
        "in Exoscale's own tools, and the newest is taken. For a private one with the name of a public one, give " +
        "its id. A name is looked up when an instance is created, so a newer build does not change an existing one. " +
        "An id belongs to one zone. Templates that Exoscale no longer lists are found by id only. Another template " +
        "makes a new instance, disk included: the API's operation that writes a template over a disk is never used.",
      replaces: true,
    }),
  diskSize: z
    .int()
    .min(10, "A disk has at least 10 GiB")
    .max(51_200, "A disk has at most 51,200 GiB")
    .meta({
      change: "to more stops the instance and starts it again; to less is refused",
      description:
        "Size of the disk in GiB, 10 to 51,200, and not less than the template needs. Growing it stops the instance " +
        "and starts it again; the file system inside grows at boot if the template's cloud-init does that. It " +
        "cannot shrink: refused at preview.",
    }),
  sshKeys: z
    .array(sshKeyReference)
    .optional()
    .meta({
      equivalentForms: true,
      otherForms: readKeyList,
      replacement: "sometimes",
      change:
        "is made in place over a declared `connection`; without one it is refused, unless `replaceOnKeyChange` " +
        "permits a new instance",
      description:
        "Keys of the account that may log in as the template's default user. Default: none. Each is a name, " +
        "with the public key if you have it. The name alone, which is the `id` of an SshKeyPair, works where no compiler " +
        "wants an object: in Python and JavaScript. In YAML write `- name: alice`, in Go " +
        '`SshKeyReferenceArgs{Name: pulumi.String("alice")}`, in TypeScript `{ name: "alice" }`. They are installed at ' +
        "first boot and the API cannot change them afterwards. With a declared `connection` a change is made on the " +
        "running machine: new keys are added and proven to be accepted, then old ones are removed, from root's file " +
        "too, and proven to be refused. Keys that others added stay. Without a `connection` a change is refused, " +
        "unless `replaceOnKeyChange` permits a new instance. Refused at preview for a template that installs no " +
        "keys.",
    }),
  securityGroups: z
    .array(z.string().min(1).meta({ equivalentForms: true, resource: "SecurityGroup" }))
    .optional()
    .meta({
      description:
        "Security groups, by id or name. Default: the account's `default` group, and changes by others are left " +
        "alone. An empty list is no group at all. Changes in place: new groups are added before old ones are " +
        "removed. Not with `publicIpAssignment: none`: Exoscale ignores the groups of such an instance, so they are " +
        "refused.",
    }),
  antiAffinityGroups: z
    .array(z.string().min(1))
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "Anti-affinity groups, by id or name: instances of one group run on different hosts. Default: none. Other " +
        "groups make a new instance, disk included.",
      replaces: true,
    }),
  userData: z
    .string()
    .optional()
    .meta({
      change: "is made in place and seen at the next boot; removal is refused",
      description:
        "User data for the first-boot agent, such as cloud-init: plain text, or base64. Base64 is sent as it is if " +
        "it decodes to something that such an agent knows (it begins with `#`, `Content-Type:`, `MIME-Version:`, " +
        "`{`, `<`, `rem cmd`, `version:` or `---`, or is gzip); everything else is encoded, with a warning if it " +
        "looks like base64. So give binary data, such as gzip of a cloud-config, as base64. At most 32,768 bytes of " +
        "base64, which is 24,576 bytes of text. Always a secret. A change is made in place. The agent sees it at " +
        "the next boot, if it reads user data again; the instance is not restarted. User data cannot be removed: " +
        "refused at preview.",
      secret: true,
    }),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .meta({
      description:
        "Labels, names and values. Default: none. All of them are managed: labels that others set are removed, " +
        "except those that begin with `exoscale-ssh.`, which are reserved for this provider. Change in place.",
    }),
  publicIpAssignment: publicIpAssignment.default("inet4").meta({
    change: "is made in place; from `dual` to `inet4` it is refused",
    description:
      "Public addresses. Default `inet4`. From `inet4` to `dual` changes in place, and `ipv6Address` appears; the " +
      "guest may have to be restarted to use it. From `dual` to `inet4` is refused at preview, because Exoscale " +
      "cannot remove an IPv6 address. Exoscale does not document whether it permits a change from or to `none`: the " +
      "change is requested, and is an error if Exoscale refuses it or leaves the addresses as they are.",
  }),
  state: powerState.default("running").meta({
    description:
      "Whether the instance runs. Default `running`. Changes in place. As an output, the state that the API has.",
  }),
  deletionProtection: z
    .boolean()
    .optional()
    .meta({
      description:
        "If true, Exoscale refuses to delete the instance, for every client: this program, another one, the " +
        "console. Default false. Changes in place. To delete a protected instance, set it to false, run `pulumi " +
        "up`, and then delete it. A change that would replace it is refused at preview, but `pulumi up --replace` " +
        "is not noticed there and fails at its end. Exoscale does not say whether an instance is protected, so " +
        "`pulumi refresh` does not see a protection that others set or remove. Pulumi's resource option `protect` " +
        "is something else: it is in the stack's state, stops only Pulumi and only this stack, and is checked " +
        "before anything is done. Use both where both matter.",
    }),
  connection: connectionField,
  replaceOnKeyChange: z.boolean().default(false).meta({
    change: "touches nothing by itself",
    description:
      "Make a new instance, disk included, when `sshKeys` changes. Default false: the change is refused at preview.",
  }),
  allowLockout: z
    .boolean()
    .optional()
    .meta({
      change: "touches nothing by itself",
      description:
        "Permits a change of `sshKeys` that removes the last key known to open the machine. Default false: nothing " +
        "is removed then, and the update fails.",
    }),
  terminateSessions: z
    .boolean()
    .optional()
    .meta({
      change: "touches nothing by itself",
      description:
        "End the SSH sessions of the template's default user, our own aside, when a change of `sshKeys` removes a " +
        "key: removing a key does not end a session that it opened. It ends the sessions of everybody who logs in " +
        "as that user; they can log in again with a key that stays. Default false.",
    }),
  waitForSsh: z
    .boolean()
    .default(false)
    .meta({
      change: "touches nothing; if no host key is known yet, the update waits for it",
      description:
        "The creation waits until sshd answers, and remembers its host key (`hostKeys`, `knownHosts`). Default " +
        "false. It connects from where Pulumi runs, so a security group has to permit that. For an instance that is " +
        "created `stopped`, the update that starts it waits. If this becomes true while no host key is known, the " +
        "update waits.",
    }),
  pinHostKey: z
    .boolean()
    .optional()
    .meta({
      change: "touches nothing on an instance that exists",
      description:
        "Pins the host key before the first connection, instead of trusting the first machine that answers. The " +
        "provider generates a host key and gives it to the new instance through cloud-init; the first login accepts " +
        "no other. Over that login the host generates its own host keys, and one of them is remembered (`hostKeys`, " +
        "`knownHosts`). The user data is then replaced by one without the first key: `userData`, or `#cloud-config` " +
        "and `{}` if that is not given. From then on the first key proves nothing; it is never in the state. " +
        "Default false. It needs a running instance, a template with cloud-init and OpenSSH, `userData` (if any) " +
        "that cloud-init understands and that has no `ssh_keys`, and a `connection` that logs in as a user who may " +
        "use `sudo`; it connects from where Pulumi runs, as `waitForSsh` does. If it fails, the instance is in the " +
        "state and the next `pulumi up` continues. A change touches nothing on an instance that exists.",
    }),
  timeouts: z
    .strictObject({
      create: z.number().positive().optional().meta({
        description: "Seconds for the creation, `waitForSsh` and protection included. Default 600.",
      }),
      update: z.number().positive().optional().meta({
        description: "Seconds for all changes of one update, stop and start included. Default 600.",
      }),
      delete: z.number().positive().optional().meta({
        description: "Seconds for the deletion; the value of the last successful update counts. Default 600.",
      }),
    })
    .meta({ id: "Timeouts", description: "How long operations may take, in seconds." })
    .optional()
    .meta({
      change: "touches nothing by itself",
      description:
        "How long an operation may take, in seconds, before it is an error. Exoscale continues what it has begun: an " +
        "instance whose creation took too long is in the state, and the next `pulumi up` continues with it. A change " +
        "touches nothing.",
    }),
  identity: identityField,
  autoNamed: autoNamedField,
  owner: ownerField,
});

/** The checked inputs: the check has given them a name and a zone. */
export type InstanceInputs = z.output<typeof instanceInputs> & { name: string; zone: string };
export type InstanceState = Omit<InstanceInputs, "state"> & z.output<typeof instanceOutputs>;
export type SshKeyReference = z.output<typeof sshKeyReference>;
