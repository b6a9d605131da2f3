import { sshdSettings } from "../../../provider/ssh/authorized_keys/sshd_config";
import { authorizedKeysFileLists, readSshdConfig } from "../../../provider/ssh/authorized_keys/sshd_config_text";
import { describeWithSshd } from "../openssh_server";
import { account, group, user, useSshdConfig } from "./asked_config";

/** Configurations that say the same about every login to the account. */
const texts: readonly string[] = [
  "",
  "# AuthorizedKeysFile /no\n",
  "AuthorizedKeysFile .ssh/a .ssh/b\nAuthorizedKeysFile .ssh/c\n",
  "  authorizedKEYSfile\t/etc/keys/%u   # for all\n",
  "AuthorizedKeysFile=.ssh/a\nPubkeyAuthentication=no\n",
  "AuthorizedKeysFile = .ssh/a\r\nTrustedUserCAKeys /etc/ca.pub\r\n",
  'AuthorizedKeysFile ".ssh/a" \'.ssh/b\' .ssh/c"d" .ssh/e\\\\f .ssh/g#h\n',
  "AuthorizedKeysFile none\n",
  "RevokedKeys /etc/ssh/revoked\nRevokedKeys none\n",
  "RevokedKeys none\nRevokedKeys /etc/ssh/revoked\n",
  "AuthorizedKeysCommand /usr/bin/true %u\nAuthorizedKeysCommandUser nobody\n",
  "MaxAuthTries 2\nMaxAuthTries 3\n",
  "PermitRootLogin No\nPermitRootLogin yes\n",
  "PermitRootLogin forced-commands-only\n",
  "PermitRootLogin prohibit-password\n",
  "MaxAuthTries 3\nMatch User nobody\nMaxAuthTries 2\n",
  "AuthorizedPrincipalsFile /etc/principals/%u\nPubkeyAuthentication yes\nPubkeyAuthentication no\n",
  'AuthorizedKeysFile "%h/.ssh/my keys" .ssh/b\n',
  "AuthorizedKeysFile # the default\n",
  "AuthorizedKeysFile # the default\nAuthorizedKeysFile .ssh/a\n",
  'AuthorizedKeysFile "l\'m" \'"\' .ssh/"a\'b"\n',
  "AuthorizedKeysFile '.ssh/a\\ b' \".ssh/c\\ d\" .ssh/e\\ f\n",
  "AuthorizedKeysFile \\ a\n",
  '"AuthorizedKeysFile" .ssh/a\n',
  '"AuthorizedKeysFile" = .ssh/a\n',
  '"AuthorizedKeysFile"=.ssh/a\n',
  `Match User ${user}\n  AuthorizedKeysFile .ssh/matched\nMatch all\n  AuthorizedKeysFile .ssh/late\n  PubkeyAuthentication no\n`,
  `AuthorizedKeysFile .ssh/all\nMatch User bob,${user.slice(0, 1)}*\n  AuthorizedKeysFile ".ssh/my keys"\n`,
  `AuthorizedKeysFile .ssh/all\nMatch User !${user},*\n  AuthorizedKeysFile .ssh/others\n`,
  "AuthorizedKeysFile .ssh/all\nMatch User !nobody-here\n  AuthorizedKeysFile .ssh/never\n",
  `AuthorizedKeysFile .ssh/all\nMatch Group ${group}\n  AuthorizedKeysFile .ssh/group\n`,
  `AuthorizedKeysFile .ssh/all\nMatch Group "no-such,${group}?"\n  AuthorizedKeysFile .ssh/group\n`,
  `AuthorizedKeysFile .ssh/all\nMatch User ${user} Group no-such\n  AuthorizedKeysFile .ssh/both\n`,
  `AuthorizedKeysFile .ssh/all\nMatch User bob Address 10.0.0.0/8\n  AuthorizedKeysFile .ssh/bob\n`,
  `match user ${user}\nauthorizedkeysfile none\ntrustedusercakeys /etc/ca.pub\nMatch User ${user}\nAuthorizedKeysFile .ssh/late\n`,
];

describeWithSshd("The text of a configuration", () => {
  const ask = useSshdConfig();

  test.each(texts.map((text) => [text]))("is read as sshd reads it: %j", (text) => {
    const asked = ask(text);
    if (asked === undefined) throw new Error("sshd refuses it.");
    const settings = sshdSettings(asked, authorizedKeysFileLists(text));
    expect(readSshdConfig(text, account)).toEqual({ settings, unread: [], otherSources: [] });
  });
});

describe("The text of a configuration", () => {
  const debian = { user: "debian", groups: ["debian"] };
  const usual = [".ssh/authorized_keys", ".ssh/authorized_keys2"];

  test("may have file names with blanks", () => {
    const { settings } = readSshdConfig('AuthorizedKeysFile "/keys of/%u" /more\\ keys/%u\n', debian);
    expect(settings.authorizedKeysFiles).toEqual(["/keys of/%u", "/more keys/%u"]);
  });

  test.each([
    "Match Address 10.0.0.0/8",
    "Match User debian LocalPort 2222",
    "Match Host *.example.org Group debian",
    "Match Version SSH-*",
    "Match NoSuchThing x",
  ])("names the files for some clients as possible ones: %s", (match) => {
    const { settings, otherSources } = readSshdConfig(`${match}\nAuthorizedKeysFile /elsewhere/%u\n`, debian);
    expect(settings.authorizedKeysFiles).toEqual(usual);
    expect(settings.possibleFiles).toEqual(["/elsewhere/%u", ...usual]);
    expect(otherSources).toEqual([]);
  });

  test("names the files for a group as possible ones if the groups are not known", () => {
    const text = "Match Group staff\nAuthorizedKeysFile .ssh/staff\n";
    expect(readSshdConfig(text, { user: "debian" }).settings.possibleFiles).toEqual([".ssh/staff", ...usual]);
  });

  test("names what else may accept a key from some clients", () => {
    const text =
      "Match Address 10.0.0.0/8\n  AuthorizedKeysCommand /bin/keys %u\n  TrustedUserCAKeys none\n  PubkeyAuthentication no\n" +
      "Match User bob\n  TrustedUserCAKeys /etc/bobs.pub\n";
    expect(readSshdConfig(text, debian).otherSources).toEqual([
      'clients of "Match Address 10.0.0.0/8" have authorizedkeyscommand /bin/keys %u',
    ]);
  });

  test("says which files were not read", () => {
    const text = `Include=x.conf\n# Not read: /etc/ssh/my conf/*\n`;
    expect(readSshdConfig(text, debian).unread).toEqual([
      "Include x.conf was not read",
      "/etc/ssh/my conf/* cannot be read",
    ]);
  });

  test("continues outside the Match blocks of an included file", () => {
    const text = `${included("Match User debian\nPubkeyAuthentication no")}AuthorizedKeysFile .ssh/all\n`;
    expect(readSshdConfig(text, { user: "bob" }).settings).toMatchObject({
      authorizedKeysFiles: [".ssh/all"],
      pubkeyAuthentication: true,
    });
  });

  test("continues in the Match block that includes a file", () => {
    const text = `Match User bob\n${included("Match Address 10.0.0.0/8")}AuthorizedKeysFile .ssh/bobs\n`;
    expect(readSshdConfig(text, { user: "bob" }).settings.authorizedKeysFiles).toEqual([".ssh/bobs"]);
    expect(readSshdConfig(text, debian).settings.authorizedKeysFiles).toEqual(usual);
  });

  test.each([
    ["Match Address 10.0.0.0/8", "Match User debian", [".ssh/inner", ...usual]],
    ["Match User debian", "Match Address 10.0.0.0/8", [".ssh/inner", ...usual]],
    ["Match User bob", "Match Address 10.0.0.0/8", []],
  ])("reads a block in a file that is included in a block as one for both: %s, %s", (outer, inner, possible) => {
    const text = `${outer}\n${included(`${inner}\nAuthorizedKeysFile .ssh/inner`)}`;
    const { settings } = readSshdConfig(text, debian);
    expect([settings.authorizedKeysFiles, settings.possibleFiles]).toEqual([usual, possible]);
  });
});

/** An included file as the host shows it. */
function included(text: string): string {
  return `# Included file\n${text}\n# End of the included file\n`;
}
