import * as z from "zod";
import { holderConnection } from "../access/fields";
import { choice } from "../contract/choice";
import { autoNamedField, identityField } from "../contract/identity";
import { keyName } from "../contract/key_name";
import "../contract/description";

const keyAlgorithm = choice("KeyAlgorithm", "Kind of an SSH key.", {
  ed25519: "Ed25519: short, fast, and accepted by every OpenSSH since 6.5.",
  rsa: "RSA, with `rsaBits` bits.",
  ecdsa: "ECDSA, on `ecdsaCurve`. Exoscale documents ssh-rsa and ssh-ed25519 only, and may refuse it.",
});

const ecdsaCurve = choice("EcdsaCurve", "Curve of an ECDSA key.", {
  P256: "NIST P-256 (`ecdsa-sha2-nistp256`).",
  P384: "NIST P-384 (`ecdsa-sha2-nistp384`).",
  P521: "NIST P-521 (`ecdsa-sha2-nistp521`).",
});

const onDelete = choice("OnDelete", "What the deletion of a key does about the instances that hold it.", {
  warn: "Delete the key from the account, and name the instances that hold it: they stay open to it.",
  refuse: "Fail, and name the instances that hold the key.",
  revoke:
    "Log in to each holder, remove exactly this key from `authorized_keys` of the template's default user and of root, and " +
    "prove that it is refused. Instance pools lose it first. Only when every holder is proven closed is the key deleted " +
    "from the account; otherwise the deletion fails with a table of what is left, and a repeat goes on from there.",
});

/** What a program declares of an SSH keypair. */
export const sshKeyPairInputs = z.object({
  name: keyName.optional().meta({
    description:
      "Name of the key in the account. Default: the resource's name, a dash and seven random hexadecimal digits, " +
      "which lets a replacement exist beside the old key. With a name of your own a replacement can only delete first. " +
      "1 to 255 letters, digits, dots, underscores and dashes, the first a letter or a digit.",
    replaces: true,
  }),
  publicKey: z
    .string()
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "A public key to import, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Compared by what it " +
        "decodes to: another comment or a trailing newline is no other key. Excludes `privateKey`.",
      replaces: true,
    }),
  privateKey: z
    .string()
    .optional()
    .meta({
      description:
        "A private key to import (OpenSSH, PKCS#8, PKCS#1, SEC1 or encrypted PEM); the public half is derived from it. " +
        "Excludes `publicKey`.",
      secret: true,
      replaces: true,
    }),
  algorithm: keyAlgorithm.optional().meta({
    description:
      "Kind of key to generate. Default `ed25519`. As an output, the kind of the key, imported ones included.",
    replaces: true,
  }),
  rsaBits: z.int().optional().meta({
    description: "Size of a generated RSA key in bits, 2048 to 8192. Default 4096. With `algorithm: rsa` only.",
    replaces: true,
  }),
  ecdsaCurve: ecdsaCurve.optional().meta({
    description: "Curve of a generated ECDSA key. Default `P256`. With `algorithm: ecdsa` only.",
    replaces: true,
  }),
  comment: z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
    .regex(/^[^\x00-\x1f\x7f]*$/, "A comment is one line without control characters")
    .optional()
    .meta({
      description:
        "Comment at the end of the public key line and inside the OpenSSH private key. Default: the imported key's " +
        "own comment, else the name of the key. One line without control characters.",
    }),
  passphrase: z
    .string()
    .min(1, "A passphrase cannot be empty")
    .optional()
    .meta({
      description:
        "Encrypts `privateKeyOpenssh` and `privateKeyPem`, and decrypts `privateKey` where that is encrypted. It protects " +
        "copies of the private key, not the stack's state, where it lies beside the key. Default: none. " +
        "1 to 1023 bytes, no control characters.",
      secret: true,
    }),
  privateKeyFile: z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
    .regex(/^[^\x00-\x1f\x7f]+$/, "A path has at least one character and no control characters")
    .optional()
    .meta({
      description:
        "File for the generated private key on the machine that runs Pulumi, for those who want it in no state: the " +
        "private outputs are then absent. OpenSSH's format, mode 0600, missing folders 0700 (Windows: the rights of the " +
        "folder). A relative path starts in the program's folder, `~/` in the home directory. An inline program of the " +
        "Automation API without `workDir` has a new temporary folder in each run: give an absolute path there. An " +
        "existing file is never overwritten: a replacement needs another path. Changes in place, also to and from a pair without a file, where " +
        "older versions of the state keep the private key. Deleted with the pair. A `passphrase` still is in the state. " +
        "Not with `publicKey`, `privateKey` or `adopt`.",
    }),
  triggers: z
    .array(z.unknown())
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "Values of any kind, such as a date, whose change asks for a new pair. With `onDelete: revoke` the new key takes the " +
        "place of the old one on every machine; otherwise instances that hold the old key keep accepting it. Default: none.",
      replaces: true,
      replacement: "always",
    }),
  onDelete: onDelete.default("warn").meta({
    description:
      "What a deletion, or a replacement, does about the instances that hold the key, which the API leaves open to it. " +
      "Default `warn`. To `revoke`, the pair logs in with its own private key, or as `connection` says. When the pair is " +
      "being replaced, the new one takes its place on holders that are not Instances of this program, pools included. A " +
      "deletion goes by the value of the last successful `pulumi up`.",
    change: "touches nothing until the deletion",
  }),
  allowLockout: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Permits a replacement that deletes the only registered key before the new one exists, which happens to a pair " +
        "with a `name` of its own. Default false: such a replacement is refused at preview. Permits also that `revoke` " +
        "removes the last key known to open a machine, or the last of an instance pool. Default false: the deletion fails.",
      change: "touches nothing by itself",
    }),
  connection: holderConnection.optional().meta({
    description:
      "How to log in to the instances that hold the key, for `onDelete`, where the pair's own private key cannot: an " +
      "imported public key, a jump host, another port. All of it is a secret. Default: the pair's own private key, then the " +
      "ssh-agent, at each instance's public address.",
    secret: true,
    change: "touches nothing until the deletion",
  }),
  terminateSessions: z
    .boolean()
    .optional()
    .meta({
      description:
        "With `onDelete: revoke`, end the SSH sessions of the user that loses the key, our own aside: removing a key does " +
        "not end a session that it opened. It ends the sessions of everybody who logs in as that user. Default false.",
      change: "touches nothing until the deletion",
    }),
  adopt: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Take over a key that is registered under `name` already, if it has the same fingerprint. Needs `publicKey` or " +
        "`privateKey`. The key is deleted with this resource. Default false: a name that is taken is an error.",
      change: "touches nothing: it is about the registration",
    }),
  identity: identityField,
  autoNamed: autoNamedField,
});

/** What goes into the private outputs besides the key, and where they are. */
const privateEncoding = ["comment", "passphrase", "privateKey", "privateKeyFile"];

/** What becomes of it. */
export const sshKeyPairOutputs = z.object({
  name: z.string().meta({ description: "Name of the key in the account." }),
  publicKeyOpenssh: z
    .string()
    .optional()
    .meta({
      changesWith: ["comment", "publicKey", "privateKey"],
      description: "The public key, one line in OpenSSH's format.",
    }),
  publicKeyPem: z
    .string()
    .optional()
    .meta({
      changesWith: ["publicKey", "privateKey"],
      description:
        "The public key in PEM (SubjectPublicKeyInfo). For OpenSSL; `ssh-keygen` reads no Ed25519 key in it.",
    }),
  privateKeyOpenssh: z
    .string()
    .optional()
    .meta({
      changesWith: privateEncoding,
      description:
        "The private key in OpenSSH's format, encrypted if there is a passphrase. Absent for an imported public key, and " +
        "with `privateKeyFile`.",
      secret: true,
    }),
  privateKeyPem: z
    .string()
    .optional()
    .meta({
      changesWith: privateEncoding,
      description:
        "The private key in PEM (PKCS#8), encrypted if there is a passphrase. Absent for an imported public key, and with " +
        "`privateKeyFile`. OpenSSH reads an Ed25519 key in it from version 9.6 on: for `ssh` take `privateKeyOpenssh`.",
      secret: true,
    }),
  privateKeyPutty: z
    .string()
    .optional()
    .meta({
      changesWith: privateEncoding,
      description:
        "The private key in PuTTY's format (PPK v2). An ed25519 or ECDSA pair that was made before there was one for its " +
        "kind gets it when its comment changes. Absent with a passphrase, which that format protects badly: import " +
        "`privateKeyOpenssh` into PuTTYgen then. Absent for an imported public key, and with `privateKeyFile`.",
      secret: true,
    }),
  publicKeyFingerprintMd5: z.string().meta({
    changesWith: [],
    description: "MD5 fingerprint as the Exoscale API shows it: 16 pairs of hexadecimal digits joined by colons.",
  }),
  publicKeyFingerprintSha256: z
    .string()
    .optional()
    .meta({
      changesWith: ["publicKey", "privateKey"],
      description: "SHA256 fingerprint as `ssh-keygen -l` shows it: `SHA256:` and 43 characters.",
    }),
  registeredFingerprintMd5: z
    .string()
    .optional()
    .meta({
      description:
        "MD5 fingerprint of the key that the account has under this name, when it was last read. Absent if it has none; " +
        "different from `publicKeyFingerprintMd5` if somebody put another key there.",
    }),
});

/** The inputs once they are checked: they have a name by then. */
export type SshKeyPairInputs = z.output<typeof sshKeyPairInputs> & { name: string };
export type SshKeyPairState = SshKeyPairInputs & z.output<typeof sshKeyPairOutputs>;

/** Whether the stack has the private key of a pair, in the state or in a file. */
export function hasPrivateHalf(state: SshKeyPairState): boolean {
  return state.privateKeyOpenssh !== undefined || state.privateKeyFile !== undefined;
}
