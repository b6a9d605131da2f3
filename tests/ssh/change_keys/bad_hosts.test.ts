/** Hosts on which a change fails: nothing is changed, nothing is left behind, and the error says why. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import {
  addAccount,
  configureSshd,
  fillDisk,
  keysInside,
  makeImmutable,
  makeNoise,
  makeReadOnly,
  putProgram,
  runAsRoot,
  setShell,
  whyNotImmutable,
} from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];
const change = { add: [line(carol)], remove: [gone(alice)], alsoFrom: ["root"] };

/** Refuses as sudo does with the rule `debian ALL=(root) NOPASSWD: ALL`. What it allows, it runs without becoming root. */
const SUDO_FOR_ROOT_ONLY = `#!/bin/sh
case "$*" in *"-u root "*) while [ "$1" != -- ]; do shift; done; shift; exec "$@";; esac
echo "Sorry, user debian is not allowed to execute '/bin/sh' as deploy on web." >&2
exit 1
`;

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  let before: unknown;
  const all = () => [host.files(), host.stamp(), host.stamp("root")];
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
    before = all();
  });

  /** Makes the change, which must fail. @returns the error */
  const failureOfChange = (more = {}) => failure(host.change(host.access([bob], more), change));
  const injectFault = (options: Parameters<Host["emulator"]["guests"]["fault"]>[1]) =>
    host.emulator.guests.fault(host.id, options);

  // A test that waits in vain after a login needs enough time for the login.
  test.each([
    [{ kind: "refused" }, 20_000, /^SshUnreachableError: Cannot reach SSH on 127\S+: nothing listens there/],
    [{ kind: "silent-before-banner" }, 1_000, /^SshUnreachableError: Cannot reach SSH on 127\S+: no answer in time/],
    [{ kind: "silent-after-login" }, 6_000, /^SshTimeoutError: A command on 127\S+ did not end in time/],
    [
      { kind: "dropped-after-bytes", bytes: 0 },
      20_000,
      /^SshConnectionLostError: The connection to 127\S+ ended before/,
    ],
  ] as const)("a host with the fault %j changes nothing", async (fault, timeoutMs, message) => {
    const takeBack = await injectFault(fault);
    expect(await failureOfChange({ timeoutMs })).toMatch(message);
    await takeBack();
    expect(all()).toEqual(before);
  });

  test("a connection that ends at any byte of a change leaves no lock and no part of a file", async () => {
    for (const bytes of [2_000, 6_000, 9_000, 12_000, 15_000]) {
      await host.authorize([alice.publicKey, bob.publicKey]);
      const takeBack = await injectFault({ kind: "dropped-after-bytes", bytes, connections: 1 });
      await host.change(host.access([bob]), change).catch(() => undefined);
      await takeBack();
      await settle(host);
      expect(Object.keys(host.files()).sort()).toEqual(Object.keys(Object(before)[0]).sort());
    }
    await host.change(host.access([bob]), change);
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n${carol.publicKey}\n`);
  }, 120_000);

  test("another host key stops the change before anything is sent", async () => {
    const old = host.guest.hostKey;
    await host.emulator.guests.replaceHostKeys(host.id);
    expect(await failureOfChange({ knownHostKeys: [old] })).toMatch(
      /^HostKeyChangedError: The host key of 127\S+ has changed/,
    );
    expect(all()).toEqual(before);
    host = await Host.start(guests);
  });

  test("credentials that are refused are named by their fingerprints", async () => {
    expect(await failure(host.change(host.access([carol]), change))).toMatch(
      /^SshLoginRefusedError: debian@127\S+ let none of these in: SHA256:[^;]*\. It offers/,
    );
    expect(all()).toEqual(before);
  });

  test("an account that does not exist is named", async () => {
    expect(await failure(host.change(host.access([bob]), { ...change, user: "nobody-here" }))).toMatch(
      /^KeyUnprovenError: 127\S+ has no account nobody-here, so nothing is known of its keys\. Check/,
    );
    expect(all()).toEqual(before);
  });

  test("a key with a forced command runs nothing, which the error explains", async () => {
    await host.authorize([alice.publicKey, `command="echo no" ${bob.publicKey}`]);
    const was = all();
    expect(await failureOfChange()).toMatch(/^SshNoShellError: .*127.*ran no command/);
    expect(all()).toEqual(was);
  });

  test("somebody who edits the same file at the same time loses nothing", async () => {
    // Three edits end after the file was compared and copied for its mode.
    const editor = `#!/bin/sh
      /bin/cp "$@" || exit
      case "$2" in ./authorized_keys) ;; *) exit 0;; esac
      n=$(grep -c "^# edit" "$2")
      [ "$n" -lt 3 ] || exit 0
      { cat "$2"; echo "# edit $n"; } >"$2.ed" && mv "$2.ed" "$2"\n`;
    await putProgram(host.guest, "cp", editor);
    await host.change(host.access([bob]), change);
    await rm(join(host.guest.root, "bin/cp"));
    expect(await host.accepts(alice, "root")).toBe("no");
    expect(await host.guest.authorizedKeys("root")).toBe("# edit 0\n# edit 1\n# edit 2\n");
    expect(await host.guest.authorizedKeys()).toContain(`# edit 0\n# edit 1\n# edit 2\n${carol.publicKey}\n`);
  });
});

/** Waits until the interrupted scripts on the host have ended and removed their locks and parts of files. */
async function settle(host: Host): Promise<void> {
  const script = "while ls -A /home/debian/.ssh /root/.ssh | grep -q exoscale-ssh; do sleep 0.1; done";
  await host.guest.asRoot(script);
}

describeSshd("on a real sshd", () => {
  let host: Host;
  afterEach(closeAll);
  beforeEach(async () => {
    host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
  });

  const failureOfChange = () => failure(host.change(host.access([bob]), change));
  const keys = `${alice.publicKey}\n${bob.publicKey}\n`;

  test("a full disk is named, and the file on it is as it was", async () => {
    await fillDisk(host.guest);
    expect(await failureOfChange()).toMatch(
      /^KeysNotWrittenError: \S+ of debian@127\S+ could not be changed, and is as it was: .*No space left on device\. Correct that, then run/,
    );
    expect(await keysInside(host.guest)).toBe(keys);
    expect((await host.guest.asRoot("ls -A /home/debian/.ssh")).stdout).toBe("authorized_keys\nfiller\n");
  });

  test("a read-only disk is named, and root's file is as it was too", async () => {
    await makeReadOnly(host.guest);
    const before = host.files();
    expect(await failure(host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] }))).toMatch(
      /^KeysNotWrittenError: .*debian@127\S+ could not be changed, and is as it was: .*Read-only file system/,
    );
    expect(host.files()).toEqual(before);
  });

  const testImmutable = whyNotImmutable === null ? test : test.skip;
  testImmutable(`a file that is immutable is named ${whyNotImmutable ?? ""}`.trim(), async () => {
    const undo = await makeImmutable(host.guest);
    const before = host.files();
    expect(await failureOfChange()).toMatch(
      /^KeysNotWrittenError: .*could not be changed, and is as it was: .*Operation not permitted/,
    );
    expect(host.files()).toEqual(before);
    await undo();
  });

  test("a user without a shell is named", async () => {
    await setShell(host.guest, "/usr/sbin/nologin");
    const before = host.files();
    expect(await failureOfChange()).toMatch(/^SshNoShellError: .*127.*This account is currently not available/);
    expect(host.files()).toEqual(before);
  });

  test("a user for whom sshd forces a command is named, with that reason", async () => {
    await configureSshd(host.guest, "ForceCommand internal-sftp\n");
    expect(await failureOfChange()).toMatch(/^SshNoShellError: .*or sshd_config a ForceCommand for the user, such as/);
    expect(await host.guest.authorizedKeys()).toBe(keys);
  });

  test("a banner that is too long is named, with what to correct", async () => {
    await runAsRoot(host.guest, "head -c 40000 /dev/zero | tr '\\0' = >/etc/ssh/banner");
    await configureSshd(host.guest, "Banner /etc/ssh/banner\n");
    expect(await failureOfChange()).toMatch(
      /^SshProtocolError: 127\S+ sent a message before the login .* Shorten the file that Banner names in its sshd_config\.$/,
    );
  });

  test("a file of over a mebibyte is named, with what to correct", async () => {
    await runAsRoot(host.guest, "head -c 1100000 /dev/zero | tr '\\0' '#' >>/home/debian/.ssh/authorized_keys");
    expect(await failureOfChange()).toMatch(
      /^KeyUnprovenError: On 127\S+, \S+authorized_keys \(it has 1100\d+ bytes, more than the 1048576 that are read\) could not be read\. Shorten it\. Nothing was changed\.$/,
    );
  });

  test("a sudo that lets us be root and not the owner of the file is named, with what to correct", async () => {
    await addAccount(host.guest, "deploy");
    await putProgram(host.guest, "sudo", SUDO_FOR_ROOT_ONLY);
    const change = { user: "deploy", remove: [gone(alice)] };
    expect(await failure(host.change(host.access([bob]), change))).toMatch(
      /^KeyUnprovenError: On 127\S+, \S+deploy\/\.ssh\/authorized_keys \(Sorry, .* could not be read as deploy\. Let debian use sudo as every user \(ALL\) without a password, not only as root, or log in as deploy\. Nothing was changed\.$/,
    );
  });

  test("a file that its owner cannot read is named, with what to correct", async () => {
    await host.guest.asRoot(
      "chown root: /home/debian/.ssh/authorized_keys; chmod 644 /home/debian/.ssh/authorized_keys",
    );
    await host.guest.asRoot("cd /home/debian/.ssh; cp authorized_keys authorized_keys2; chmod 600 authorized_keys2");
    expect(await failureOfChange()).toMatch(
      /^KeyUnprovenError: On 127\S+, \S+authorized_keys2 \(Permission denied\) could not be read, although debian itself tried to\. Correct its owner and mode/,
    );
    expect(await keysInside(host.guest)).toBe(keys);
  });

  test("a host with unexpected output is changed all the same", async () => {
    await makeNoise(host.guest, "Welcome!");
    const { closed, removed } = await host.change(host.access([bob]), change);
    expect([closed.length, removed.length]).toEqual([1, 2]);
  });

  test("a key that sshd refuses is removed again, and the settings of sshd are named", async () => {
    await host.guest.asRoot("cat >/etc/ssh/refused.pub", `${carol.publicKey}\n`);
    await configureSshd(host.guest, "RevokedKeys /etc/ssh/refused.pub\n");
    const before = host.files();
    expect(await failureOfChange()).toMatch(
      /^KeyNotAcceptedError: SHA256:\S+ was added for debian@127\S+ and was not accepted\. sshd has RevokedKeys \/etc\/ssh\/refused\.pub there: correct that\. authorized_keys is as it was\.$/,
    );
    expect(host.files()).toEqual(before);
  });

  test("a host that hangs while a file is replaced costs no more than the time limit, and keeps the file", async () => {
    await putProgram(host.guest, "cp", "#!/bin/sh\nexec sleep 60\n");
    const access = host.access([bob], { timeoutMs: 6_000 });
    expect(await failure(host.change(access, change))).toMatch(
      /^KeysNotPutBackError: A command on 127\S+ did not end in time.* Whether these were changed is not known: \S+authorized_keys \(our change is not in it so far\)\.$/,
    );
    expect(await host.guest.authorizedKeys()).toBe(keys);
  });
});
