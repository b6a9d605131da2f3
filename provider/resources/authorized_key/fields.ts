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
      "How to log in to the host. All of it is a secret. Another `host` is another machine, and makes a new one: the key is " +
      "added there before it is removed here. Any other change is made in place and touches nothing on the host.",
    secret: true,
    replacement: "sometimes",
    change: "of `host` makes a new one; of anything else touches nothing on the host",
  }),
  user: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Account on the host that the key opens. Default: `connection.user`. For another one `connection.user` needs `sudo` " +
        "without a password.",
      replaces: true,
    }),
  publicKey: z.string().meta({
    description:
      "The key, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Compared by what it decodes " +
      "to: another comment or a trailing newline is no other key. Another key makes a new one: it is added before the old one " +
      "is removed.",
    replaces: true,
    resource: "SshKeyPair",
  }),
  options: z
    .array(z.string())
    .optional()
    .meta({
      description:
        'Options of the line as in sshd(8), each an item: `from="192.0.2.0/24"`, `restrict`, `expiry-time="20271231"`, ' +
        '`command="..."`. Default: none. They are checked at preview. A change is made in one step: there is no moment without ' +
        "the key, or with it and without options.",
    }),
  comment: z.string().refine(isTidy, "A comment is one line, without blanks around it").optional().meta({
    description:
      "Comment at the end of the line. Default: that of the key when the line is written, and changes by others are left alone.",
  }),
  allowLockout: z
    .boolean()
    .optional()
    .meta({
      description:
        "Permits to remove the last key that is known to open the account, and to give the key that logs in options which shut " +
        "it out. Default false: both fail, and the line stays as it is.",
      change: "touches nothing by itself",
    }),
  terminateSessions: z
    .boolean()
    .optional()
    .meta({
      description:
        "End the SSH sessions of `user` when the key is removed, our own aside: removing a key does not end a session that it " +
        "opened. It ends the sessions of everybody who logs in as that user. Default false.",
      change: "touches nothing until the deletion",
    }),
  identity: identityField,
});

/** What becomes of it. */
export const authorizedKeyOutputs = z.object({
  user: z.string().meta({ description: "Account on the host that the key opens." }),
  fingerprintSha256: z.string().meta({
    changesWith: [],
    description: "SHA256 fingerprint of the key as `ssh-keygen -l` shows it: `SHA256:` and 43 characters.",
  }),
  hostKey: z.string().meta({
    changesWith: ["connection"],
    description:
      "Key that the host showed, `type base64`. It is remembered at the first contact, and every later connection has to show " +
      "it, unless `connection.hostKey` says otherwise.",
  }),
  unfinished: z.boolean().optional().meta({
    description: "Whether a creation failed that may have left the line on the host, so that it has to be proven yet.",
    hidden: true,
  }),
});

/** The inputs once they are checked: they have a user by then. */
export type AuthorizedKeyInputs = z.output<typeof authorizedKeyInputs> & { user: string };
export type AuthorizedKeyState = AuthorizedKeyInputs & z.output<typeof authorizedKeyOutputs>;
