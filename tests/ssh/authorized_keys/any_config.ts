/** Texts of sshd_config as fast-check makes them up. */
import { type Arbitrary, array, constantFrom, oneof, string, tuple } from "fast-check";

const joined = (...parts: Arbitrary<string>[]) => tuple(...parts).map((some) => some.join(""));
const some = (part: Arbitrary<string>, between: string) =>
  array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(between));

const separator = constantFrom(" ", " ", "\t", "=", " = ", "  ");
const quotes = [
  ".ssh/a",
  '".ssh/my keys"',
  "'.ssh/b'",
  '.ssh/c"d"',
  ".ssh/e\\\\f",
  '".ssh/a\\"b"',
  "\\ x",
  '"l\'m"',
  "'\"'",
];
const file = constantFrom(
  ...quotes,
  ".ssh/g#h",
  "%h/k",
  "/etc/keys/%u",
  "none",
  ".ssh/i=j",
  "# k",
  ".ssh/%%",
  "'a\\ b'",
);

const value = oneof(
  {
    weight: 4,
    arbitrary: joined(constantFrom("AuthorizedKeysFile", '"authorizedkeysfile"'), separator, some(file, " ")),
  },
  joined(constantFrom("PubkeyAuthentication"), separator, constantFrom("yes", "no", '"no"', "No", "'no'")),
  joined(constantFrom("MaxAuthTries"), separator, constantFrom("1", "3", '"12"')),
  joined(
    constantFrom("PermitRootLogin"),
    separator,
    constantFrom("no", "yes", "Forced-commands-only", "without-password"),
  ),
  joined(
    constantFrom("TrustedUserCAKeys", "RevokedKeys", "AuthorizedPrincipalsFile"),
    separator,
    constantFrom("/x", "none", "None"),
  ),
  constantFrom("", "# AuthorizedKeysFile /no", "X11Forwarding no", "AuthorizedKeysCommand none"),
);

/** Lines of blocks that are for the account, for others, or for clients of an address. */
function block(user: string, group: string): Arbitrary<string> {
  const own = [user, `${user.slice(0, 1)}*`, "?".repeat(user.length), `!${user}`, group];
  const names = some(constantFrom(...own, "*", "nobody", "!nobody", "no-such", "", "*?", "**", "!*"), ",");
  const quoted = tuple(names, constantFrom("", '"')).map(([list, quote]) => `${quote}${list}${quote}`);
  const criterion = oneof(
    {
      weight: 5,
      arbitrary: joined(constantFrom("User", "Group", "user", "GROUP"), constantFrom(" ", "=", "  "), quoted),
    },
    constantFrom("all", "Address 10.0.0.0/8", "Address 127.0.0.1", "Host *", "LocalPort 22", "localaddress=127.0.0.1"),
  );
  return some(criterion, " ").map((criteria) => `Match ${criteria}`);
}

/** A configuration that sshd may take. */
export function anyConfig(user: string, group: string): Arbitrary<string> {
  const content = oneof({ weight: 3, arbitrary: value }, block(user, group));
  const line = joined(constantFrom("", "", "  ", "\t"), content, constantFrom("", "", " ", " # all", "\r", " #"));
  return array(line, { maxLength: 7 }).map((lines) => lines.map((each) => `${each}\n`).join(""));
}

const words = [
  "Match ",
  "permitrootlogin ",
  "maxauthtries ",
  "authorizedkeysfile ",
  "Include x\n",
  "user ",
  "constructor",
];
const marks = [
  "__proto__",
  "\n",
  '"',
  "'",
  "\\",
  "=",
  "-1",
  "1e9",
  "# Included file\n",
  "# End of the included file\n",
];

/** Any text, also one that no sshd takes. */
export const anyText: Arbitrary<string> = oneof(
  string({ unit: "binary" }),
  array(oneof(constantFrom(...words, ...marks), string({ unit: "binary", maxLength: 3 }))).map((parts) =>
    parts.join(""),
  ),
);
