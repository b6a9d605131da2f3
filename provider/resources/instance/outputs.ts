import * as z from "zod";
import { choice } from "../contract/choice";
import "../contract/description";

const keyFields = {
  name: z.string().meta({ description: "Name that the key had in the account." }),
  fingerprintMd5: z.string().optional().meta({ description: "Its MD5 fingerprint, if it is known." }),
};
const listedKey = z.object(keyFields).meta({ id: "ListedKey", description: "A key as the API lists it." });
const heldKey = z
  .object({
    ...keyFields,
    publicKeyOpenssh: z.string().optional().meta({ description: "The public key, if it is known." }),
    origin: choice("KeyOrigin", "How a key came to a machine.", {
      boot: "Given at first boot.",
      ssh: "Added to the running machine.",
    }).meta({ description: "How the key came to the machine." }),
    closed: z.literal(true).optional().meta({
      description: "Removed from the machine, and proven to be refused. Kept while the API lists the key here.",
    }),
  })
  .meta({ id: "HeldKey", description: "A key that a machine was given." });

/** Inputs whose change may give an instance other addresses. Some do so because they stop and start it. */
const network = ["publicIpAssignment", "state", "type", "diskSize"];

/** What the provider returns of an instance. */
export const instanceOutputs = z.object({
  name: z.string().meta({ description: "Name of the instance." }),
  zone: z.string().meta({ changesWith: [], description: "Zone that the instance is in." }),
  instanceId: z.string().meta({ changesWith: [], description: "Identifier of the instance in the account." }),
  templateId: z.string().optional().meta({ description: "Identifier of the template that the instance started from." }),
  state: z.string().meta({ description: "State that the API has, such as running, stopped or error." }),
  publicIp: z
    .string()
    .optional()
    .meta({ changesWith: network, description: "IPv4 address; absent without a public address." }),
  ipv6Address: z
    .string()
    .optional()
    .meta({ changesWith: network, description: "IPv6 address; absent unless `publicIpAssignment` is `dual`." }),
  user: z
    .string()
    .optional()
    .meta({ description: "User to log in as: `connection.user`, else the template's default user." }),
  createdAt: z.string().optional().meta({ changesWith: [], description: "Time of creation, ISO 8601 in UTC." }),
  sshCommand: z
    .string()
    .optional()
    .meta({
      description:
        "Command that logs in, ready to paste: `ssh user@address`, through the bastion if there is one. The address is " +
        "`connection.host`, else the public IPv4 address; absent without an address. Once a host key is known " +
        "(`waitForSsh`), the command has it and expects it, so that OpenSSH 8.5 or newer does not ask whether to trust the " +
        'host. It has quotes: a script runs it with `eval "$(pulumi stack output login)"`.',
    }),
  sshConfig: z.string().optional().meta({
    description: "A `Host` block for `~/.ssh/config`, with the host key once that is known; absent without an address.",
  }),
  knownHosts: z.string().optional().meta({
    description: "Lines for `known_hosts`, for each public address; absent until a host key is known (`waitForSsh`).",
  }),
  hostKeys: z.array(z.string()).optional().meta({
    description: "Host keys seen at the first connection, each `type base64`. Later connections must show one of them.",
  }),
  bootSshKeys: z.array(listedKey).meta({
    description: "Keys of first boot as the API lists them. The list may stay the same when the machine's keys change.",
  }),
  heldKeys: z.array(heldKey).meta({
    description: "The provider's record of the keys that the machine was given: at first boot, and over SSH since.",
  }),
  unfinished: z.boolean().optional().meta({
    description: "Whether a step of the creation is still to be done.",
    hidden: true,
  }),
  keysUnsettled: z.boolean().optional().meta({
    description: "Whether labels show that a run that was cut short has left other keys than are declared.",
    hidden: true,
  }),
  staleSshKeys: z.array(listedKey).meta({
    description:
      "Keys that the machine was given and the account no longer has: deleted there, valid here until proven refused.",
  }),
});
