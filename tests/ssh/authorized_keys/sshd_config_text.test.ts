import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshdSettings } from "../../../provider/ssh/authorized_keys/sshd_config";
import { readSshdConfig } from "../../../provider/ssh/authorized_keys/sshd_config_text";
import { describeWithSshd, makeRunDirectory } from "../openssh_server";

/** Configurations that apply to everybody. */
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
  "AuthorizedPrincipalsFile /etc/principals/%u\nPubkeyAuthentication yes\nPubkeyAuthentication no\n",
];

describeWithSshd("The text of a configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "sshd-config-"));
  const hostKey = join(folder, "host_key");
  beforeAll(() => {
    makeRunDirectory();
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(texts.map((text) => [text]))("is read as sshd reads it: %j", (text) => {
    const file = join(folder, "sshd_config");
    writeFileSync(file, `HostKey ${hostKey}\n${text}`);
    const asked = execFileSync("/usr/sbin/sshd", ["-T", "-f", file], { encoding: "utf8" });
    expect(readSshdConfig(text)).toEqual({ settings: sshdSettings(asked), doubts: [] });
  });
});

describe("The text of a configuration", () => {
  test("may have file names with blanks", () => {
    const { settings } = readSshdConfig('AuthorizedKeysFile "/keys of/%u" /more\\ keys/%u\n');
    expect(settings.authorizedKeysFiles).toEqual(["/keys of/%u", "/more keys/%u"]);
  });

  test("leaves doubts if a Match block has settings about keys", () => {
    const text =
      "Match User bob\n  X11Forwarding no\n  AuthorizedKeysFile .ssh/bob\nMatch all\n  PubkeyAuthentication no\n";
    const { settings, doubts } = readSshdConfig(text);
    expect(settings).toEqual(readSshdConfig("").settings);
    expect(doubts).toEqual(["Match User bob: authorizedkeysfile .ssh/bob", "Match all: pubkeyauthentication no"]);
  });

  test("leaves doubts if an included file was not read", () => {
    expect(readSshdConfig("Include /etc/ssh/sshd_config.d/*.conf x.conf\n").doubts).toEqual([
      "Include /etc/ssh/sshd_config.d/*.conf was not read",
      "Include x.conf was not read",
    ]);
  });

  test("gives precedence to a file that it includes first", () => {
    const files: Record<string, string[]> = {
      "a/*.conf": ["PubkeyAuthentication no", "AuthorizedKeysFile .ssh/second"],
    };
    const text = "Include a/*.conf\nPubkeyAuthentication yes\nAuthorizedKeysFile .ssh/last\n";
    const { settings, doubts } = readSshdConfig(text, (pattern) => files[pattern]);
    expect(settings).toMatchObject({ pubkeyAuthentication: false, authorizedKeysFiles: [".ssh/second"] });
    expect(doubts).toEqual([]);
  });

  test("continues outside a Match block that an included file begins", () => {
    const text = "Include a\nAuthorizedKeysFile .ssh/all\n";
    const { settings, doubts } = readSshdConfig(text, () => ["Match User bob\nAuthorizedKeysFile .ssh/bob\n"]);
    expect(settings.authorizedKeysFiles).toEqual([".ssh/all"]);
    expect(doubts).toEqual(["Match User bob: authorizedkeysfile .ssh/bob"]);
  });

  test("does not follow files that include each other for ever", () => {
    expect(readSshdConfig("Include a\n", () => ["Include a\n"]).doubts).toEqual(["Include a was not read"]);
  });
});
