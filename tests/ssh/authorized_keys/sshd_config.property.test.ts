/** Texts of sshd_config, of hosts that anybody may have set up. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { oneof, sample } from "fast-check";
import { authorizedKeysPaths, sshdSettings } from "../../../provider/ssh/authorized_keys/sshd_config";
import { authorizedKeysFileLists, readSshdConfig } from "../../../provider/ssh/authorized_keys/sshd_config_text";
import { property, settings } from "../../properties";
import { describeWithSshd, makeRunDirectory } from "../openssh_server";
import { anyConfig, anyText } from "./any_config";

/** An account that sshd finds on this machine. */
const user = userInfo().username;
const [group = "", ...more] = execFileSync("id", ["-Gn", user], { encoding: "utf8" }).trim().split(" ");
const account = { user, groups: [group, ...more] };
const configs = anyConfig(user, group);

property("Any text is read, and each setting has a value of its kind", 2000, [oneof(configs, anyText)], (text) => {
  const printed = sshdSettings(
    `authorizedkeysfile a\npubkeyauthentication yes\n${text}`,
    authorizedKeysFileLists(text),
  );
  for (const read of [readSshdConfig(text, account).settings, printed]) {
    const paths = authorizedKeysPaths(read?.authorizedKeysFiles ?? [], { user, home: "/root", uid: 0 });
    expect(["all", "with-command", "none"]).toContain(read?.rootKeys);
    expect([read?.maxAuthTries, read?.pubkeyAuthentication]).toEqual([expect.any(Number), expect.any(Boolean)]);
    expect(paths.filter((path) => !path.startsWith("/"))).toEqual([]);
  }
});

describeWithSshd("A real OpenSSH sshd", () => {
  const folder = mkdtempSync(join(tmpdir(), "sshd-config-"));
  const hostKey = join(folder, "host_key");
  beforeAll(() => {
    makeRunDirectory();
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("reads each random configuration as we do, or refuses it", () => {
    const texts = sample(configs, settings(80));
    const taken = texts.map((text) => ({ text, settings: ask(text) })).filter((one) => one.settings !== undefined);
    const [certain, open] = [taken.filter(({ text }) => !isOpen(text)), taken.filter(({ text }) => isOpen(text))];
    expect([certain.length, open.length].filter((length) => length < texts.length / 10)).toEqual([]);
    expect(certain.map(({ text }) => ({ text, settings: readSshdConfig(text, account).settings }))).toEqual(certain);
    expect(open.filter(({ text, settings: asked }) => !asked?.authorizedKeysFiles.every(isAmong(text)))).toEqual([]);
  });

  /** What sshd says; undefined if it refuses the text. */
  function ask(text: string) {
    const path = join(folder, "sshd_config");
    writeFileSync(path, `HostKey ${hostKey}\n${text}`);
    const client = `user=${user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22`;
    const { status, stdout } = spawnSync("/usr/sbin/sshd", ["-T", "-C", client, "-f", path], { encoding: "utf8" });
    const asked = status === 0 ? sshdSettings(stdout, authorizedKeysFileLists(text)) : undefined;
    // The same list twice in a text is no doubt.
    return (
      asked && {
        ...asked,
        possibleFiles: asked.possibleFiles.filter((path) => !asked.authorizedKeysFiles.includes(path)),
      }
    );
  }
});

/** Whether a block is for some clients: then its files are possible ones, and nothing is said of the rest. */
function isOpen(text: string): boolean {
  return /^\s*Match .*(Address|Host|LocalPort)/im.test(text);
}

/** Whether a file is one of those that count, or that may. */
function isAmong(text: string): (path: string) => boolean {
  const { authorizedKeysFiles, possibleFiles } = readSshdConfig(text, account).settings;
  return (path) => authorizedKeysFiles.includes(path) || possibleFiles.includes(path);
}
