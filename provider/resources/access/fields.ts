import * as z from "zod";
import { port } from "../contract/port";
import "../contract/description";

const text = z.string().min(1);

const passphrase = text.optional().meta({ description: "What `privateKey` is encrypted with. Default: it is not." });

const credentialFields = {
  privateKey: text.optional().meta({
    description:
      "Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, " +
      "if there is one.",
  }),
  passphrase,
  agentSocketPath: text.optional().meta({
    description:
      "Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: " +
      "`SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given.",
  }),
  agentIdentity: text.optional().meta({
    description:
      "The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints " +
      "it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried " +
      "in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used.",
  }),
};

const hostKey = text.optional();

const bastion = z
  .strictObject({
    user: text.optional().meta({ description: "User to log in to it as. Default: the one of the host behind it." }),
    host: text.meta({ description: "Address of the jump host." }),
    port: port.optional().meta({ description: "Port of sshd. Default 22." }),
    hostKey: hostKey.meta({
      description:
        "Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: any is accepted, and none is " +
        "remembered. Give it.",
    }),
    privateKey: text.optional().meta({
      description: "Private key to log in to it with. Default: the credentials for the host behind it.",
    }),
    passphrase,
    agentIdentity: text.optional().meta({
      description:
        "The only key of the connection's ssh-agent to log in to it with, by its public half or `SHA256:...`. Default: " +
        "as for the host behind it.",
    }),
  })
  .meta({ id: "Bastion", description: "A jump host." });

const user = text.optional();
const host = text.optional();
const sshPort = port.optional().meta({ description: "Port of sshd. Default: the provider's `sshPort`, else 22." });
const bastionField = bastion.optional().meta({
  description: "Jump host to go through (`ssh -J`). Default: none.",
});

/** What every connection to a single host has, besides its address and user. */
const singleHostFields = {
  port: sshPort,
  hostKey: hostKey.meta({
    description:
      "Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered.",
  }),
  ...credentialFields,
  bastion: bastionField,
};

/** How to reach one instance over SSH. */
export const instanceConnection = z
  .strictObject({
    user: user.meta({ description: "User to log in as. Default: the template's default user." }),
    host: host.meta({ description: "Address to connect to. Default: the instance's public address." }),
    ...singleHostFields,
  })
  .meta({ id: "Connection", description: "How to log in to an instance over SSH." });

/** How to reach the instances that hold a key, each at its own address. */
export const holderConnection = z
  .strictObject({
    user: user.meta({ description: "User to log in as. Default: the default user of each instance's template." }),
    port: sshPort,
    hostKey: hostKey.meta({
      description:
        "Host key that every holder shows: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the one in a label of " +
        "the instance; `waitForSsh` and every change of `sshKeys` record it there.",
    }),
    acceptNewHostKeys: z
      .boolean()
      .optional()
      .meta({
        description:
          "If no host key of an instance is recorded, trust the first one that it shows, and record it. Members of " +
          "instance pools need this. Default false: such a host proves nothing.",
      }),
    ...credentialFields,
    bastion: bastionField,
  })
  .meta({ id: "HolderConnection", description: "How to log in to the instances that hold a key." });

/** How to reach any host over SSH. */
export const hostConnection = z
  .strictObject({
    user: text.meta({ description: "User to log in as." }),
    host: text.meta({ description: "Address to connect to: a name, IPv4 or IPv6." }),
    ...singleHostFields,
  })
  .meta({ id: "HostConnection", description: "How to log in to a host over SSH." });

/** The part of any of these connections that logs in. */
export type Credentials = Pick<
  z.output<typeof instanceConnection>,
  "privateKey" | "passphrase" | "agentSocketPath" | "agentIdentity" | "bastion"
>;
