/** That a change locks nobody out, unless the program allows it. */
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { putProgram, runAsRoot } from "../../guest_conditions";
import { withAgent } from "../running_agent";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];
const rsa = makeKey("rsa");

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([], "root"));

  const revoke = (more: object = {}) => host.change(host.access([alice]), { remove: [gone(alice)], ...more });

  test("the last key stays, and the error says what to do", async () => {
    await host.authorize([alice.publicKey]);
    const before = [host.files(), host.stamp()];
    expect(await failure(revoke())).toMatch(
      /^LastKeyError: SHA256:\S+ is the last key known to open debian@127\S+, so it was not removed. Add another key/,
    );
    expect([host.files(), host.stamp()]).toEqual(before);
  });

  test("the last key is removed if the program allows that", async () => {
    await host.authorize([alice.publicKey]);
    expect((await revoke({ allowLockout: true })).closed).toHaveLength(1);
    expect(await host.guest.authorizedKeys()).toBe("");
  });

  test("a key that logs in itself is removed if sshd accepts another one", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await revoke();
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test.each([
    ["a forced command", 'command="backup"'],
    ["another address alone", 'from="192.0.2.1"'],
    ["a certificate authority", "cert-authority"],
    ["options that sshd refuses", "no-such-option"],
  ])("a key for %s does not count as one that can log in", async (_what, options) => {
    await host.authorize([alice.publicKey, `${options} ${bob.publicKey}`]);
    expect(await failure(revoke())).toMatch(/^LastKeyError/);
    expect(await host.accepts(alice)).toBe("yes");
  });

  test.each([
    ["the same file", "authorized_keys", [`command="backup" ${bob.publicKey}`, bob.publicKey]],
    ["a file that sshd reads first", "authorized_keys2", [`command="backup" ${bob.publicKey}`]],
  ])(
    "a key with a forced command on another line, in %s, does not count as one that can log in",
    async (_where, second, lines) => {
      await host.authorize([alice.publicKey, ...lines]);
      if (second !== "authorized_keys") {
        await host.guest.asRoot(
          `cat >~debian/.ssh/${second}; chown debian: ~debian/.ssh/${second}`,
          `${bob.publicKey}\n`,
        );
      }
      expect(await failure(revoke())).toMatch(/^LastKeyError/);
      expect(await host.accepts(alice)).toBe("yes");
      await host.guest.asRoot("rm -f ~debian/.ssh/authorized_keys2");
    },
  );

  test("another key of ours that runs a forced command does not count as one that can log in", async () => {
    await host.authorize([alice.publicKey, `command="backup" ${bob.publicKey}`]);
    const change = host.change(host.access([alice, bob]), { remove: [gone(alice)] });
    expect(await failure(change)).toMatch(/^LastKeyError/);
    expect(await host.accepts(alice)).toBe("yes");
  });

  test("a host that stops answering questions about other keys is not asked about each of them", async () => {
    const others = Array.from({ length: 9 }, () => makeKey().publicKey);
    await host.authorize([alice.publicKey, ...others]);
    const before = host.files();
    await host.emulator.guests.fault(host.id, { kind: "slow", ms: 1, connections: 1 });
    const takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    const access = host.access([alice], { timeoutMs: 4_000 });
    expect(await failure(host.change(access, { remove: [gone(alice)] }))).toMatch(
      /^SshUnreachableError: .*no answer in time/,
    );
    await takeBack();
    expect(host.files()).toEqual(before);
  });

  test("a key that a change adds counts as one that can log in", async () => {
    await host.authorize([alice.publicKey]);
    await revoke({ add: [line(bob)] });
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test("questions about removed RSA keys do not cause too many failures before the remaining login", async () => {
    const otherRsa = makeKey("rsa");
    await host.authorize([rsa.publicKey, otherRsa.publicKey, bob.publicKey]);
    await host.change(host.access([carol, makeKey(), bob]), { remove: [gone(rsa), gone(otherRsa)] });
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("an agent whose only key is removed does not count as a remaining credential", async () => {
    await host.authorize([alice.publicKey]);
    const before = [host.files(), host.stamp()];
    const change = { remove: [gone(alice)] };
    const message = await withAgent(alice.privateKey, (agentSocket) =>
      failure(host.change(host.access([{ agentSocket }]), change)),
    );
    expect(message).toMatch(/^LastKeyError/);
    expect([host.files(), host.stamp()]).toEqual(before);
  });

  test("an agent with the removed key and another one still logs in with the other one", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const others = [makeKey(), makeKey()];
    await withAgent(
      [...others, alice, bob].map(({ privateKey }) => privateKey),
      (agentSocket) => host.change(host.access([{ agentSocket }]), { remove: [gone(alice)] }),
    );
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test("the key that logs in gets no forced command, which would prevent all further changes", async () => {
    await host.authorize([alice.publicKey]);
    const before = host.files();
    const change = { add: [line(alice, ['command="rrsync"'])], whenPresent: "replace" as const };
    expect(await failure(host.change(host.access([alice]), change))).toMatch(
      /^LastKeyError: With command="rrsync" SHA256:\S+ would not run our commands on debian@127\S+ any more\. Log .* authorized_keys is as it was\.$/,
    );
    expect(host.files()).toEqual(before);
    await host.change(host.access([alice]), { ...change, allowLockout: true });
    expect(await host.guest.authorizedKeys()).toBe(`command="rrsync" ${alice.publicKey}\n`);
  });

  test("root does not lose the only key with which it changes the user's keys", async () => {
    await host.authorize([alice.publicKey]);
    await host.authorize([alice.publicKey], "root");
    const before = host.files();
    const access = host.access([alice], { user: "root" });
    expect(await failure(host.change(access, { remove: [gone(alice)], alsoFrom: ["root"] }))).toMatch(/^LastKeyError/);
    expect(host.files()).toEqual(before);
  });

  test("root removes the user's last key, because root can still log in", async () => {
    await host.authorize([alice.publicKey]);
    await host.authorize([alice.publicKey], "root");
    await host.change(host.access([alice], { user: "root" }), { remove: [gone(alice)] });
    expect([await host.accepts(alice), await host.accepts(alice, "root")]).toEqual(["no", "yes"]);
  });
});

describeSshd("on a real sshd", () => {
  test("if sshd refuses the remaining key after the removal, all files are put back byte for byte", async () => {
    const host = await Host.start("sshd");
    await host.guest.writeAuthorizedKeys(`# all\r\n${alice.publicKey}\r\n${bob.publicKey}`);
    const before = host.files();
    // After the file is replaced, sshd refuses bob.
    await runAsRoot(host.guest, "cat >/etc/ssh/bob.pub", `${bob.publicKey}\n`);
    const refuseBob = "echo RevokedKeys /etc/ssh/bob.pub >/etc/ssh/sshd_config.d/0.conf";
    const mv = `#!/bin/sh\n/bin/mv "$@" || exit\ncase "$*" in *authorized_keys) sudo -n sh -c '${refuseBob}';; esac\n`;
    await putProgram(host.guest, "mv", mv);
    expect(await failure(host.change(host.access([bob]), { remove: [gone(alice)] }))).toMatch(
      /^KeysRolledBackError: .*could not log in to debian@127\S+ any more, so authorized_keys was put back/,
    );
    expect(host.files()).toEqual(before);
  });

  test("a key that logs in is not removed from a file that its account shares with another account", async () => {
    const host = await Host.start("sshd", { sshdConfig: "AuthorizedKeysFile /etc/ssh/shared_keys" });
    await runAsRoot(host.guest, "cat >/etc/ssh/shared_keys; chmod 644 /etc/ssh/shared_keys", `${alice.publicKey}\n`);
    const access = host.access([alice], { user: "root" });
    expect(await failure(host.change(access, { remove: [gone(alice)] }))).toMatch(/^LastKeyError: .*was not removed/);
    expect(await host.accepts(alice, "root")).toBe("yes");
  });

  test("an account that unexpectedly loses its key with another one gets it back", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey]);
    await host.authorize([alice.publicKey], "root");
    const before = host.files();
    const revoke = `echo '${alice.publicKey}' >/etc/ssh/gone.pub; echo RevokedKeys /etc/ssh/gone.pub >/etc/ssh/sshd_config.d/0.conf`;
    await putProgram(
      host.guest,
      "mv",
      `#!/bin/sh\n/bin/mv "$@" || exit\ncase "$*" in *authorized_keys) sudo -n sh -c "${revoke}";; esac\n`,
    );
    expect(await failure(host.change(host.access([alice], { user: "root" }), { remove: [gone(alice)] }))).toMatch(
      /^KeysRolledBackError: .*could not log in to root@127\S+ any more, so authorized_keys was put back\. Find/,
    );
    expect(host.files()).toEqual(before);
  });

  test("a low MaxAuthTries does not look like a lockout", async () => {
    const host = await Host.start("sshd", { sshdConfig: "MaxAuthTries 3" });
    await host.authorize([rsa.publicKey, alice.publicKey, bob.publicKey]);
    await host.change(host.access([bob]), { remove: [gone(rsa), gone(alice)] });
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });
});
