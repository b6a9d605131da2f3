/** Keys that are added, and that everything is as it was if one cannot be added. */
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];
const [rsa, ecdsa] = [makeKey("rsa"), makeKey("ecdsa 256")];
const fingerprint = ({ publicKey }: typeof alice) => parsePublicKey(publicKey).fingerprintSha256;

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([alice.publicKey]));

  const change = (change: object, keys = [alice]) => host.change(host.access(keys), change);

  test("several keys are added at once, and each is in the report", async () => {
    const keys = [bob, carol, rsa, ecdsa];
    const report = await change({ add: keys.map((key) => line(key)) });
    expect(report.added).toEqual(keys.map(fingerprint));
    expect(await Promise.all(keys.map((key) => host.accepts(key)))).toEqual(["yes", "yes", "yes", "yes"]);
  });

  test("a key that another file already has is not added again, and not reported as added", async () => {
    const path = join(host.guest.home(), ".ssh/authorized_keys");
    await host.authorize([carol.publicKey]);
    await rename(path, `${path}2`);
    await host.authorize([alice.publicKey]);
    const { added: fingerprints } = await change({ add: [line(carol), line(bob)] });
    await rm(`${path}2`);
    expect(fingerprints).toEqual([fingerprint(bob)]);
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\n${bob.publicKey}\n`);
  });

  test("a key that is there with other options stops the change, and a key added before it is removed again", async () => {
    await host.authorize([alice.publicKey, `restrict ${carol.publicKey}`]);
    const before = host.files();
    expect(await failure(change({ add: [line(bob), line(carol)] }))).toMatch(
      /^KeyRestrictedError: SHA256:\S+ is in \S+authorized_keys of debian@127\S+ already \(line 2\), with other options: restrict/,
    );
    expect(host.files()).toEqual(before);
  });

  test("options are replaced in place if the program asks for that", async () => {
    await host.authorize([`restrict ${carol.publicKey}`, alice.publicKey]);
    const { added: fingerprints } = await change({ add: [line(carol, ["no-pty"])], whenPresent: "replace" });
    expect(await host.guest.authorizedKeys()).toBe(`no-pty ${carol.publicKey}\n${alice.publicKey}\n`);
    expect(fingerprints).toEqual([fingerprint(carol)]);
  });

  test("a key for other addresses is added though it is refused from here", async () => {
    await change({ add: [line(bob, ['from="192.0.2.1"'])] });
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\nfrom="192.0.2.1" ${bob.publicKey}\n`);
    expect(await host.accepts(bob)).toBe("no");
  });

  test("the user's keys are changed by root, who keeps its own", async () => {
    await host.authorize([carol.publicKey], "root");
    const access = host.access([carol], { user: "root" });
    await host.change(access, { add: [line(bob)], remove: [gone(alice)], alsoFrom: ["root"] });
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
    expect(await host.guest.authorizedKeys("root")).toBe(`${carol.publicKey}\n`);
  });

  test("a host that does not answer the proof of a new key keeps its files as they were", async () => {
    const before = host.files();
    const { guests: controls } = host.emulator;
    await controls.fault(host.id, { kind: "slow", ms: 1, connections: 1 });
    const takeBack = await controls.fault(host.id, { kind: "silent-before-banner" });
    const access = host.access([alice], { timeoutMs: 3_000 });
    expect(await failure(host.change(access, { add: [line(bob)], remove: [gone(carol)] }))).toMatch(
      /^KeyUnprovenError: SHA256:\S+ was added for debian@127\S+, but sshd could not be asked whether it accepts the key: Cannot reach .* authorized_keys is as it was\.$/,
    );
    await takeBack();
    expect(host.files()).toEqual(before);
  });
});

describeSshd("on a real sshd", () => {
  test("a first file is created if there is none, with the mode that sshd needs", async () => {
    const host = await Host.start("sshd", { sshdConfig: "AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys_%u" });
    await host.guest.asRoot("cat >/etc/ssh/keys_debian; rm -r /home/debian/.ssh", `${alice.publicKey}\n`);
    await configureSshd(
      host.guest,
      "AuthorizedKeysFile .ssh/authorized_keys\nMatch User debian\nAuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys_root\n",
    );
    await host.authorize([carol.publicKey], "root");
    await host.change(host.access([carol], { user: "root" }), { add: [line(bob)] });
    expect(await readFile(join(host.guest.home(), ".ssh/authorized_keys"), "utf8")).toBe(`${bob.publicKey}\n`);
    expect(await host.accepts(bob)).toBe("yes");
  });

  test.each(["debian", "root"])(
    "%s adds a key to the user's own file, and not to the one that the host manages",
    async (login) => {
      const host = await Host.start("sshd", {
        sshdConfig: "AuthorizedKeysFile %h/.ssh/authorized_keys /etc/ssh/authorized_keys.d/%u",
      });
      await host.authorize([alice.publicKey], "root");
      await host.guest.asRoot(
        "cd /etc/ssh; mkdir authorized_keys.d; cat >authorized_keys.d/debian; rm -r /home/debian/.ssh",
        `${alice.publicKey}\n`,
      );
      await host.guest.asRoot("cp /root/.ssh/authorized_keys /etc/ssh/authorized_keys.d/root");
      await host.change(host.access([alice], { user: login }), { add: [line(bob)] });
      expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
      expect((await host.guest.asRoot("cat /etc/ssh/authorized_keys.d/debian")).stdout).toBe(`${alice.publicKey}\n`);
    },
  );

  test("a key goes to the file for this client, and not to one for others that has it already", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey]);
    await configureSshd(host.guest, "Match Address 192.0.2.0/24\n  AuthorizedKeysFile .ssh/elsewhere\n");
    await host.guest.asRoot("cd /home/debian/.ssh; cat >elsewhere; chown debian: elsewhere", `${bob.publicKey}\n`);
    await host.change(host.access([alice]), { add: [line(bob)] });
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\n${bob.publicKey}\n`);
  });

  test("a key is added to a file with a name, and not to one that only a wildcard finds", async () => {
    const sshdConfig = "AuthorizedKeysFile .ssh/keys.d/*.pub .ssh/authorized_keys";
    const host = await Host.start("sshd", { sshdConfig });
    await host.authorize([alice.publicKey]);
    const script = "cd /home/debian/.ssh; mkdir keys.d; cat >keys.d/carol.pub; chown -R debian: keys.d";
    await host.guest.asRoot(script, `${carol.publicKey}\n`);
    await host.change(host.access([alice]), { add: [line(bob)] });
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\n${bob.publicKey}\n`);
  });

  test("nothing can be added if sshd reads no file at all", async () => {
    const host = await Host.start("sshd");
    await host.authorize([carol.publicKey], "root");
    await configureSshd(host.guest, "Match User debian\nAuthorizedKeysFile none\n");
    const access = host.access([carol], { user: "root" });
    expect(await failure(host.change(access, { add: [line(bob)] }))).toMatch(
      /^KeyUnprovenError: sshd on 127\S+ reads no authorized_keys of debian, so no key can be added\. Check Auth/,
    );
  });
});
