/** Hosts whose texts are long, or made for a terminal: no message, note or warning has a character that it obeys. */
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd, makeNoise, putProgram, runAsRoot, setShell } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];

/** Clears the screen, sets a title, links, deletes, reorders, and ends with what looks like a message of ours. */
const HOSTILE = "\x1b[2J\x1b]0;title\x07\x1b]8;;http://evil\x1b\\link\b\b\x9b31m\u202egnp.\u2066\u2028 \r\x85";
const SAFE_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

afterAll(closeAll);

describeSshd("on a real sshd", () => {
  let host: Host;
  beforeEach(async () => {
    host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
  });

  const change = { add: [line(carol)], remove: [gone(alice)], alsoFrom: ["root"] };
  const program = (status: number) => `#!/bin/sh\nprintf %s '${HOSTILE}' >&2\nexit ${status}\n`;

  test("100 kB of output before each command, escape sequences among it, disturb no change", async () => {
    await makeNoise(host.guest, `${HOSTILE}${"x".repeat(100_000)}\n${HOSTILE}`);
    const { closed, added } = await host.change(host.access([bob]), change);
    expect([closed.length, added.length]).toEqual([1, 1]);
  });

  test("a long banner of escape sequences disturbs no change", async () => {
    await runAsRoot(host.guest, "cat >/etc/ssh/banner", HOSTILE.repeat(100));
    await configureSshd(host.guest, "Banner /etc/ssh/banner\n");
    expect((await host.change(host.access([bob]), change)).closed).toHaveLength(1);
  });

  test("a file of authorized_keys whose comments are escape sequences is changed", async () => {
    const [first, second] = [`${alice.publicKey} ${HOSTILE.replace("\r", "")}`, `${bob.publicKey} ${HOSTILE}`];
    await host.authorize([first, second]);
    const { closed, notes } = await host.change(host.access([bob]), change);
    expect(closed).toHaveLength(1);
    for (const note of notes) expect(note).toMatch(SAFE_LINE);
    expect(await host.guest.authorizedKeys()).toContain("link\b\b");
  });

  test.each<[string, string, () => Promise<void>]>([
    ["a sudo that fails", "KeyUnprovenError", () => putProgram(host.guest, "sudo", program(1))],
    [
      "a login shell that runs nothing",
      "SshNoShellError",
      async () => {
        await setShell(host.guest, "/bin/bash");
        await runAsRoot(host.guest, "cat >/home/debian/.bashrc", program(1));
      },
    ],
    [
      "a program that fails in the middle of a change",
      "KeysNotWrittenError",
      () => putProgram(host.guest, "mv", program(1)),
    ],
    [
      "options of a line",
      "KeyRestrictedError",
      () => host.authorize([bob.publicKey, `environment="A=${HOSTILE.replaceAll(/[\r"]/g, "")}" ${carol.publicKey}`]),
    ],
    [
      "a name of a file",
      "KeyUnprovenError",
      async () => {
        const name = `/home/debian/.ssh/${HOSTILE.replace(/[\r/]/g, "").replaceAll("\\", "")}`;
        await configureSshd(host.guest, `AuthorizedKeysFile .ssh/authorized_keys "${name}"\n`);
        await runAsRoot(host.guest, `head -c 1100000 /dev/zero >'${name}'; chown debian '${name}'`);
      },
    ],
  ])("%s", async (_what, name, prepare) => {
    await prepare();
    const error = await failure(host.change(host.access([bob]), change));
    expect(error).toMatch(SAFE_LINE);
    expect(error).toContain(name);
  });
});
