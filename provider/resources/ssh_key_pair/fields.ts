import * as z from "zod";
import { breaksLines } from "../../keys/comment";
import { holderConnection } from "../access/fields";
import { choice } from "../contract/choice";
import { autoNamedField, identityField } from "../contract/identity";
import { keyName } from "../contract/key_name";
import "../contract/description";

const keyAlgorithm = choice("KeyAlgorithm", "Kind of an SSH key.", {
  ed25519: "Ed25519: short, fast, and accepted by every OpenSSH since 6.5.",
  rsa: "RSA, with `rsaBits` bits.",
  ecdsa: "ECDSA, on `ecdsaCurve`. Exoscale documents only ssh-rsa and ssh-ed25519, and may refuse it.",
});

const ecdsaCurve = choice("EcdsaCurve", "Curve of an ECDSA key.", {
  P256: "NIST P-256 (`ecdsa-sha2-nistp256`).",
  P384: "NIST P-384 (`ecdsa-sha2-nistp384`).",
  P521: "NIST P-521 (`ecdsa-sha2-nistp521`).",
});

const keyFormat = choice("KeyFormat", "A format in which a pair has its keys, besides OpenSSH's.", {
  pem: "PEM, for OpenSSL: `privateKeyPem` (PKCS#8) and `publicKeyPem` (SubjectPublicKeyInfo).",
  putty: "PuTTY's format (PPK v2): `privateKeyPutty`.",
});

const onDelete = choice("OnDelete", "What to do about the instances that hold a key when it is deleted.", {
  warn: "Delete the key from the account, and warn with the names of the instances that hold it. They keep accepting it.",
  refuse: "Fail while instances hold the key, and name them.",
  revoke:
    "Log in to each holder, remove exactly this key from `authorized_keys` of the template's default user and of root, and " +
    "prove that it is refused. Instance pools lose the key first. The key is deleted from the account only when every " +
    "holder is proven closed. Otherwise the deletion fails with a table of the remaining holders, and the next attempt " +
    "continues with those.",
});

/** What a program declares of an SSH keypair. */
export const sshKeyPairInputs = z.object({
  name: keyName.optional().meta({
    description:
      "Name of the key in the account. Default: the resource's name, a dash and seven random hexadecimal digits, " +
      "so that a replacement can exist beside the old key. With a name of your own, the old key is deleted before its " +
      "replacement is created. 1 to 255 letters, digits, dots, underscores and dashes; the first is a letter or a digit.",
    replaces: true,
  }),
  publicKey: z
    .string()
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "A public key to import, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared " +
        "by their decoded value: another comment or a trailing newline does not make another key. The key of a FIDO " +
        "security key (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`) is sent too; Exoscale may refuse it. " +
        "Conflicts with `privateKey`.",
      replaces: true,
    }),
  privateKey: z
    .string()
    .optional()
    .meta({
      description:
        "A private key to import (OpenSSH, PKCS#8, PKCS#1, SEC1 or encrypted PEM); the public half is derived from it. " +
        "Conflicts with `publicKey`.",
      secret: true,
      replaces: true,
    }),
  algorithm: keyAlgorithm.optional().meta({
    description:
      "Kind of key to generate. Default `ed25519`. The output is the kind of the key, also of an imported one. It is absent " +
      "for a security key (FIDO): only its token can make one, so that it can only be imported, by its `publicKey`.",
    replaces: true,
  }),
  rsaBits: z.int().optional().meta({
    description:
      "Size of a generated RSA key in bits, a multiple of 1024 from 2048 to 8192. Default 4096. Only with `algorithm: rsa`.",
    replaces: true,
  }),
  ecdsaCurve: ecdsaCurve.optional().meta({
    description: "Curve of a generated ECDSA key. Default `P256`. Only with `algorithm: ecdsa`.",
    replaces: true,
  }),
  comment: z
    .string()
    .refine((comment) => !breaksLines(comment), "A comment is one line without control characters")
    .optional()
    .meta({
      description:
        "Comment at the end of the public key line and inside the OpenSSH private key. Default: the imported key's " +
        "own comment, else the name of the key. One line without control characters, and without spaces around it.",
    }),
  passphrase: z
    .string()
    .min(1, "A passphrase cannot be empty")
    .optional()
    .meta({
      description:
        "Encrypts `privateKeyOpenssh` and `privateKeyPem`, and decrypts `privateKey` if that is encrypted. It protects " +
        "copies of the private key, but not the stack's state, which contains the passphrase as well. Default: none. " +
        "1 to 1023 bytes, no control characters.",
      secret: true,
    }),
  formats: z
    .array(keyFormat)
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "Formats in which the pair has its keys, besides OpenSSH's. Each one is in the state too, which Pulumi writes after " +
        "every step, so a stack of many pairs is faster without. `putty` is not for a pair with a `passphrase`, a " +
        "`privateKeyFile` or only a `publicKey`. Default: none.",
    }),
  privateKeyFile: z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
    .regex(/^[^\x00-\x1f\x7f]+$/, "A path has at least one character and no control characters")
    .optional()
    .meta({
      description:
        "Path of a file for the generated private key, on the machine that runs Pulumi. The state then does not contain the " +
        "private key, and the private outputs are absent; a `passphrase` is still in the state. The file has OpenSSH's " +
        "format and mode 0600; missing folders are created with mode 0700 (Windows: the rights of the folder). A relative " +
        "path starts in the program's folder, `~/` in the home directory. An inline program of the Automation API without " +
        "`workDir` has a new temporary folder in each run: give an absolute path there. An existing file is never " +
        "overwritten, so a replacement needs another path. The path can be added, changed and removed in place. If it is " +
        "added, older versions of the state still contain the private key. The file is deleted with the pair. Conflicts " +
        "with `publicKey`, `privateKey` and `adopt`.",
    }),
  triggers: z
    .array(z.unknown())
    .optional()
    .meta({
      equivalentForms: true,
      description:
        "Values of any kind, such as a date. A change of them replaces the pair. With `onDelete: revoke` the new key takes the " +
        "place of the old one on every machine. Otherwise it does so only on Instances of this program that have a " +
        "`connection`, and every other machine keeps accepting the old one. Default: none.",
      replaces: true,
      replacement: "always",
    }),
  onDelete: onDelete.default("warn").meta({
    description:
      "What to do about the instances that hold the key when the pair is deleted or replaced. The API itself removes the " +
      "key from no instance. Default `warn`. `revoke` logs in with the pair's own private key, or as `connection` says. If " +
      "the pair is replaced, the new key takes the place of the old one on holders that are not Instances of this " +
      "program, including pools. A deletion uses the value of the last successful `pulumi up`.",
    change: "has no effect until the deletion",
  }),
  allowLockout: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Permits a replacement that deletes the only registered key before the new one exists, as happens to a pair with a " +
        "`name` of its own. Also permits `revoke` to remove the last key that is known to open a machine, or the last key " +
        "of an instance pool. Default false: such a replacement is refused at preview, and such a deletion fails.",
      change: "has no effect by itself",
    }),
  connection: holderConnection.optional().meta({
    description:
      "How to log in to the instances that hold the key, for `onDelete`. Needed if the pair's own private key is not enough: " +
      "for an imported public key, a jump host or another port. The whole value is a secret. Default: the pair's own " +
      "private key, then the ssh-agent, at each instance's public address.",
    secret: true,
    change: "has no effect until the deletion",
  }),
  terminateSessions: z
    .boolean()
    .optional()
    .meta({
      description:
        "With `onDelete: revoke`, end the SSH sessions of the user that loses the key, except the provider's own. Removing a " +
        "key does not end a session that it opened. This ends the sessions of everybody who logs in as that user. Default " +
        "false.",
      change: "has no effect until the deletion",
    }),
  adopt: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Take over a key that is already registered under `name`, if it has the same fingerprint. Needs `publicKey` or " +
        "`privateKey`. The key is deleted with this resource. Default false: if the name is taken, the creation fails.",
      change: "has no effect: only the registration uses it",
    }),
  identity: identityField,
  autoNamed: autoNamedField,
});

/** Inputs that change the private outputs, or where they are stored. */
const privateEncoding = ["comment", "passphrase", "privateKey", "privateKeyFile"];

/** The outputs of an SSH keypair. */
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
      changesWith: ["publicKey", "privateKey", "formats"],
      description:
        "The public key in PEM (SubjectPublicKeyInfo), if `formats` has `pem`; absent for a security key, which has no such form. For OpenSSL; `ssh-keygen` cannot read an Ed25519 key in this format.",
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
      changesWith: [...privateEncoding, "formats"],
      description:
        "The private key in PEM (PKCS#8), if `formats` has `pem`; encrypted if there is a passphrase. Absent for an imported public key, and with " +
        "`privateKeyFile`. OpenSSH reads an Ed25519 key in this format from version 9.6 on: use `privateKeyOpenssh` for `ssh`.",
      secret: true,
    }),
  privateKeyPutty: z
    .string()
    .optional()
    .meta({
      changesWith: [...privateEncoding, "formats"],
      description:
        "The private key in PuTTY's format (PPK v2), if `formats` has `putty`. Not with a passphrase, because that format " +
        "protects such a key badly: import `privateKeyOpenssh` into PuTTYgen instead.",
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
        "MD5 fingerprint of the key that the account had under this name when it was last read. Absent if it had none. " +
        "Different from `publicKeyFingerprintMd5` if somebody registered another key under the name.",
    }),
});

/** The checked inputs, which always have a name. */
export type SshKeyPairInputs = z.output<typeof sshKeyPairInputs> & { name: string };
export type SshKeyPairState = SshKeyPairInputs & z.output<typeof sshKeyPairOutputs>;

/** Whether the stack has the private key of a pair, in the state or in a file. */
export function hasPrivateHalf(state: SshKeyPairState): boolean {
  return state.privateKeyOpenssh !== undefined || state.privateKeyFile !== undefined;
}
