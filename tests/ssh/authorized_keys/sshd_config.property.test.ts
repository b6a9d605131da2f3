/** Texts of sshd_config, of hosts that anybody may have set up. */
import { oneof, sample } from "fast-check";
import { authorizedKeysPaths, sshdSettings } from "../../../provider/ssh/authorized_keys/sshd_config";
import { authorizedKeysFileLists, readSshdConfig } from "../../../provider/ssh/authorized_keys/sshd_config_text";
import { property, settings } from "../../properties";
import { describeWithSshd } from "../openssh_server";
import { anyConfig, anyText } from "./any_config";
import { account, group, user, useSshdConfig } from "./asked_config";

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
  const askSshd = useSshdConfig();

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
    const printed = askSshd(text);
    const asked = printed === undefined ? undefined : sshdSettings(printed, authorizedKeysFileLists(text));
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
