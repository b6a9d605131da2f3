/** That nobody is locked out by a change, unless the program permits it. */
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { doneAsRoot, putProgram } from "../../guest_conditions";
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

  const revoked = (more: object = {}) => host.change(host.access([alice]), { remove: [gone(alice)], ...more });

  test("the last key stays, and the error says what to do", async () => {
    await host.authorize([alice.publicKey]);
    const before = [host.files(), host.stamp()];
    expect(await failure(revoked())).toMatch(
      /^LastKeyError: SHA256:\S+ is the last key known to open debian@127\S+, so it was not removed. Add another key/,
    );
    expect([host.files(), host.stamp()]).toEqual(before);
  });

  test("the last key goes where the program permits that", async () => {
    await host.authorize([alice.publicKey]);
    expect((await revoked({ allowLockout: true })).closed).toHaveLength(1);
    expect(await host.guest.authorizedKeys()).toBe("");
  });

  test("a key goes that is its own credential, where another one is accepted", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await revoked();
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test.each([
    ["a forced command", 'command="backup"'],
    ["another address alone", 'from="192.0.2.1"'],
    ["a certificate authority", "cert-authority"],
    ["options that sshd refuses", "no-such-option"],
  ])("a key for %s does not count as somebody who can log in", async (_what, options) => {
    await host.authorize([alice.publicKey, `${options} ${bob.publicKey}`]);
    expect(await failure(revoked())).toMatch(/^LastKeyError/);
    expect(await host.accepts(alice)).toBe("yes");
  });

  test("a host that falls silent when asked about others is not asked about each of them", async () => {
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
    await revoked({ add: [line(bob)] });
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test("an RSA key that goes is asked about without too many failures before the login that stays", async () => {
    const otherRsa = makeKey("rsa");
    await host.authorize([rsa.publicKey, otherRsa.publicKey, bob.publicKey]);
    await host.change(host.access([carol, makeKey(), bob]), { remove: [gone(rsa), gone(otherRsa)] });
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("an agent whose only key goes is nobody who stays", async () => {
    await host.authorize([alice.publicKey]);
    const before = [host.files(), host.stamp()];
    const change = { remove: [gone(alice)] };
    const said = await withAgent(alice.privateKey, (agentSocket) =>
      failure(host.change(host.access([{ agentSocket }]), change)),
    );
    expect(said).toMatch(/^LastKeyError/);
    expect([host.files(), host.stamp()]).toEqual(before);
  });

  test("an agent with the key that goes and another one stays with the other one", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const others = [makeKey(), makeKey()];
    await withAgent(
      [...others, alice, bob].map(({ privateKey }) => privateKey),
      (agentSocket) => host.change(host.access([{ agentSocket }]), { remove: [gone(alice)] }),
    );
    expect([await host.accepts(alice), await host.accepts(bob)]).toEqual(["no", "yes"]);
  });

  test("the key that logs in is not given a forced command, with which nothing could be changed any more", async () => {
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

  test("root who loses the key with which it changes the user's keys counts as well", async () => {
    await host.authorize([alice.publicKey]);
    await host.authorize([alice.publicKey], "root");
    const before = host.files();
    const access = host.access([alice], { user: "root" });
    expect(await failure(host.change(access, { remove: [gone(alice)], alsoFrom: ["root"] }))).toMatch(/^LastKeyError/);
    expect(host.files()).toEqual(before);
  });

  test("root takes the user's last key out, since root still gets in", async () => {
    await host.authorize([alice.publicKey]);
    await host.authorize([alice.publicKey], "root");
    await host.change(host.access([alice], { user: "root" }), { remove: [gone(alice)] });
    expect([await host.accepts(alice), await host.accepts(alice, "root")]).toEqual(["no", "yes"]);
  });
});

describeSshd("on a real sshd", () => {
  test("a key that stays and is refused once the other is gone brings all back, byte for byte", async () => {
    const host = await Host.start("sshd");
    await host.guest.writeAuthorizedKeys(`# all\r\n${alice.publicKey}\r\n${bob.publicKey}`);
    const before = host.files();
    // From the moment on at which the file is replaced, sshd refuses bob.
    await doneAsRoot(host.guest, "cat >/etc/ssh/bob.pub", `${bob.publicKey}\n`);
    const refuseBob = "echo RevokedKeys /etc/ssh/bob.pub >/etc/ssh/sshd_config.d/0.conf";
    const mv = `#!/bin/sh\n/bin/mv "$@" || exit\ncase "$*" in *authorized_keys) sudo -n sh -c '${refuseBob}';; esac\n`;
    await putProgram(host.guest, "mv", mv);
    expect(await failure(host.change(host.access([bob]), { remove: [gone(alice)] }))).toMatch(
      /^KeysRolledBackError: .*did not get in to debian@127\S+ any more, so authorized_keys was put back/,
    );
    expect(host.files()).toEqual(before);
  });

  test("a file that two accounts share is not taken from the one that logs in under the other's name", async () => {
    const host = await Host.start("sshd", { sshdConfig: "AuthorizedKeysFile /etc/ssh/shared_keys" });
    await doneAsRoot(host.guest, "cat >/etc/ssh/shared_keys; chmod 644 /etc/ssh/shared_keys", `${alice.publicKey}\n`);
    const access = host.access([alice], { user: "root" });
    expect(await failure(host.change(access, { remove: [gone(alice)] }))).toMatch(/^LastKeyError: .*was not removed/);
    expect(await host.accepts(alice, "root")).toBe("yes");
  });

  test("an account that turns out to lose its key with another one gets it back", async () => {
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
      /^KeysRolledBackError: .*did not get in to root@127\S+ any more, so authorized_keys was put back\. Look/,
    );
    expect(host.files()).toEqual(before);
  });

  test("few tries for a login do not look like a lock-out", async () => {
    const host = await Host.start("sshd", { sshdConfig: "MaxAuthTries 3" });
    await host.authorize([rsa.publicKey, alice.publicKey, bob.publicKey]);
    await host.change(host.access([bob]), { remove: [gone(rsa), gone(alice)] });
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });
});
