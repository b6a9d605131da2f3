import * as z from "zod";
import { breaksLines } from "../../keys/comment";
import { hostConnection } from "../access/fields";
import { identityField } from "../contract/identity";
import "../contract/description";

const isTidy = (comment: string) => !breaksLines(comment) && comment === comment.trim();

/** What a program declares of a key on an account of a host. */
export const authorizedKeyInputs = z.object({
  connection: hostConnection.meta({
    description:
      "How to log in to the host. The whole value is a secret. Another `host` is another machine and replaces the resource: " +
      "the key is added there before it is removed from the old host. Any other change is made in place and changes nothing " +
      "on the host.",
    secret: true,
    replacement: "sometimes",
    change: "of `host` replaces the resource; of anything else changes nothing on the host",
  }),
  user: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Account on the host that the key opens. Default: `connection.user`. For another account, `connection.user` needs " +
        "`sudo` without a password.",
      replaces: true,
    }),
  publicKey: z.string().meta({
    description:
      "The key, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared by their decoded " +
      "value: another comment or a trailing newline does not make another key. Another key replaces the resource: it is " +
      "added before the old one is removed. The key of a FIDO security key (`sk-ssh-ed25519@openssh.com`, " +
      "`sk-ecdsa-sha2-nistp256@openssh.com`) is granted and proven as any other; `verify-required` and `no-touch-required` are " +
      "options for it.",
    replaces: true,
    resource: "SshKeyPair",
  }),
  options: z
    .array(z.string())
    .optional()
    .meta({
      description:
        'Options of the line as in sshd(8), one item each: `from="192.0.2.0/24"`, `restrict`, `expiry-time="20271231"`, ' +
        '`command="..."`. Default: none. They are checked at preview. A change replaces the line in one step: at no ' +
        "moment is the key absent, or present without its options. Another line of the key, in any file that sshd reads, could " +
        "let it in without them: it makes a creation fail, and a change removes it.",
    }),
  comment: z
    .string()
    .refine(isTidy, "A comment is one line without spaces around it")
    .optional()
    .meta({
      description:
        "Comment at the end of the line. Default: the comment of the key when the line is written; later changes by others are " +
        "left alone.",
    }),
  allowLockout: z
    .boolean()
    .optional()
    .meta({
      description:
        "Permits removing the last key that is known to open the account, and giving the key that logs in options that lock it " +
        "out. Default false: both fail, and the line stays as it is.",
      change: "has no effect by itself",
    }),
  terminateSessions: z
    .boolean()
    .optional()
    .meta({
      description:
        "End the SSH sessions of `user` when the key is removed, except the provider's own. Removing a key does not end a " +
        "session that it opened. This ends the sessions of everybody who logs in as that user. Default false.",
      change: "has no effect until the deletion",
    }),
  identity: identityField,
});

/** The outputs of an authorized key. */
export const authorizedKeyOutputs = z.object({
  user: z.string().meta({ description: "Account on the host that the key opens." }),
  fingerprintSha256: z.string().meta({
    changesWith: [],
    description: "SHA256 fingerprint of the key as `ssh-keygen -l` shows it: `SHA256:` and 43 characters.",
  }),
  hostKey: z.string().meta({
    changesWith: ["connection"],
    description:
      "Host key that the host showed, `type base64`. It is remembered at the first contact, and the host must show it at every " +
      "later connection, unless `connection.hostKey` says otherwise.",
  }),
  unfinished: z.boolean().optional().meta({
    description:
      "Whether a creation failed and may have left the line on the host, so that the next update has to prove it.",
    hidden: true,
  }),
});

/** The checked inputs, which always have a user. */
export type AuthorizedKeyInputs = z.output<typeof authorizedKeyInputs> & { user: string };
export type AuthorizedKeyState = AuthorizedKeyInputs & z.output<typeof authorizedKeyOutputs>;
