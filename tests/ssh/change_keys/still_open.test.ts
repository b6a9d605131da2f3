/** Keys that something else than a file of the account grants, and keys that sshd refuses only from this address. */
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import { findGrant } from "../../../provider/ssh/change_keys/find_grant";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll, KeyRing } from "../../emulator/world";
import {
  configureSshd,
  grantByCommand,
  putProgram,
  refuseSudo,
  runAsRoot,
  trustAuthority,
} from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const run = promisify(execFile);
const [alice, bob] = [makeKey(), makeKey()];

afterAll(closeAll);

const removeAlice = (host: Host) => host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] });

describeSshd("on a real sshd without sudo", () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start("sshd");
    await refuseSudo(host.guest);
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test.each([
    ["accepts", ""],
    ["refuses from here", 'from="192.0.2.1" '],
  ])(
    "root's file that cannot be read stops the change before any removal if root %s the key",
    async (_what, options) => {
      await host.authorize([options + alice.publicKey], "root");
      const before = [host.files(), host.stamp()];
      expect(await failure(removeAlice(host))).toMatch(
        /^KeyUnprovenError: On 127\S+, \/root\/\.ssh\/authorized_keys \(.*\) could not be read as debian\. Log in as root, or let debian use sudo without a password \(sudo: a password is required.*\)\. Nothing was changed/,
      );
      expect([host.files(), host.stamp()]).toEqual(before);
    },
  );

  test("root's file that cannot be read does not stop a change that removes no key", async () => {
    const { notes } = await host.change(host.access([bob]), { add: [line(alice)], alsoFrom: ["root"] });
    expect(notes).toEqual([]);
  });

  test("files of Match blocks for the user and its group lose the key, and blocks for others are no reason for a note", async () => {
    const settings =
      "Match User debian\n  AuthorizedKeysFile .ssh/mine\nMatch User !debian,*\n  AuthorizedKeysFile /etc/no\n";
    await configureSshd(host.guest, settings);
    const mine = [`from="192.0.2.1" ${alice.publicKey}`, bob.publicKey, ""].join("\n");
    await host.guest.asRoot("cd /home/debian/.ssh; cat >mine; chown debian: mine", mine);
    const { removed: lines, notes } = await host.change(host.access([bob]), { remove: [gone(alice)] });
    await configureSshd(host.guest, "");
    expect([lines, notes]).toEqual([["/home/debian/.ssh/mine:1"], []]);
  });

  test("files of a Match block for a group whose name has a blank lose the key", async () => {
    const names =
      '#!/bin/sh\n[ "$1" != -Gn ] || { echo debian domain users; exit; }\n[ "$1" != -G ] || { echo 1000 2000; exit; }\n';
    await putProgram(host.guest, "id", `${names}exec /usr/bin/id "$@"\n`);
    await configureSshd(host.guest, 'Match Group "domain users"\n  AuthorizedKeysFile .ssh/domain\n');
    const lines = `from="192.0.2.1" ${alice.publicKey}\n`;
    await host.guest.asRoot("cd /home/debian/.ssh; cat >domain; chown debian: domain", lines);
    const { removed } = await host.change(host.access([bob]), { remove: [gone(alice)] });
    await configureSshd(host.guest, "");
    await rm(join(host.guest.root, "bin/id"));
    expect(removed).toContain("/home/debian/.ssh/domain:1");
  });

  test("an included file that cannot be read is noted, and nothing else is", async () => {
    await host.guest.asRoot("mkdir -p '/etc/ssh/more conf'; chmod 711 '/etc/ssh/more conf'");
    await configureSshd(host.guest, 'Include "/etc/ssh/more conf/*.conf"\n');
    const first = (await host.change(host.access([bob]), { remove: [gone(alice)] })).notes;
    await configureSshd(host.guest, "");
    const second = (await host.change(host.access([bob]), { remove: [gone(alice)] })).notes;
    expect([first, second]).toEqual([
      [
        expect.stringMatching(
          /^On 127\S+, \/etc\/ssh\/more conf\/\*\.conf cannot be read, so sshd may read other files/,
        ),
      ],
      [],
    ]);
  });

  test("an account that does not exist has no key, and its files are not needed", async () => {
    const { closed, notes } = await host.change(host.access([bob]), {
      remove: [gone(alice)],
      alsoFrom: ["nobody-here"],
    });
    expect([closed.length, notes.filter((note) => note.includes("nobody-here"))]).toEqual([1, []]);
  });
});

test("if root's file can be read but not written, both files keep the key", async () => {
  const host = await Host.start("ssh2");
  await refuseSudo(host.guest);
  await host.authorize([alice.publicKey, bob.publicKey]);
  await host.authorize([alice.publicKey], "root");
  const before = [host.files(), host.stamp()];
  expect(await failure(removeAlice(host))).toMatch(
    /^KeysNotWrittenError: \/root\/\.ssh\/authorized_keys of root@127\S+ could not be changed, and is as it was: cannot act as root/,
  );
  expect([host.files(), host.stamp()]).toEqual(before);
});

describeSshd("on a real sshd", () => {
  let host: Host;
  let ring: KeyRing;
  beforeAll(async () => {
    host = await Host.start("sshd");
    ring = await KeyRing.make();
  });
  afterAll(() => ring.remove());
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));
  afterEach(() => configureSshd(host.guest, ""));

  test("a program that grants the key is named", async () => {
    await grantByCommand(host.guest, alice.publicKey);
    expect(await failure(removeAlice(host))).toMatch(
      /^KeyStillOpenError: debian@127\S+ still accepts SHA256:\S+: sshd also asks AuthorizedKeysCommand \/etc\/ssh\/keys_of %u/,
    );
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("an RSA key that a program grants is not said to be closed where a Match block takes only SHA-1 signatures", async () => {
    const rsa = makeKey("rsa");
    await grantByCommand(host.guest, rsa.publicKey);
    const block = "Match User debian\n  PubkeyAcceptedAlgorithms ssh-ed25519,ssh-rsa\n";
    await runAsRoot(host.guest, "cat >>/etc/ssh/sshd_config.d/0.conf", block);
    const removal = host.change(host.access([bob]), { remove: [gone(rsa)] });
    expect(await failure(removal)).toMatch(
      /^KeyStillOpenError: debian@127\S+ still accepts SHA256:\S+: sshd also asks/,
    );
    expect(await findGrant(host.access([bob]), "debian", rsa.publicKey)).toMatchObject({ lines: [], accepts: "yes" });
    const examined = { user: "debian", publicKeyOpenssh: rsa.publicKey };
    expect((await examineKey(host.access([bob]), examined)).status).toBe("open");
  });

  test("a program that may grant the key to clients from elsewhere is noted", async () => {
    await grantByCommand(host.guest, `from="192.0.2.1" ${alice.publicKey}`);
    expect((await removeAlice(host)).notes).toEqual([
      expect.stringMatching(
        /^On 127\S+, sshd also asks AuthorizedKeysCommand \/etc\/ssh\/keys_of %u, which may accept the key from elsewhere\.$/,
      ),
    ]);
  });

  test("a certificate still opens the account, which is noted, while the plain key is refused", async () => {
    await trustAuthority(host.guest, await ring.generate("authority"));
    await writeFile(ring.file("alice"), alice.privateKey, { mode: 0o600 });
    await writeFile(`${ring.file("alice")}.pub`, `${alice.publicKey}\n`);
    const { notes } = await removeAlice(host);
    expect(notes.join()).toContain(
      "TrustedUserCAKeys /etc/ssh/authorities.pub: a certificate for the key still opens the accounts",
    );
    const target = { ip: host.guest.address, port: String(host.guest.port) };
    expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
    const names = ["-I", "alice", "-n", "debian", `${ring.file("alice")}.pub`];
    await run("ssh-keygen", ["-q", "-s", ring.file("authority"), ...names]);
    expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
  });

  test("a key whose own line alone goes signs itself a certificate as the authority that it is, which is noted", async () => {
    const self = await ring.generate("self");
    await ring.generate("friend");
    const target = { ip: host.guest.address, port: String(host.guest.port) };
    const enters = async (name: string) => (await ring.ssh(target, name, "true")).code === 0;
    const remove = async (more: object) =>
      (await host.change(host.access([bob]), { remove: [{ publicKeyOpenssh: self }], ...more })).notes.join();
    await host.authorize([self, `cert-authority ${self}`, bob.publicKey]);
    expect(await remove({ removeOnly: "key" })).toMatch(/the key stays as a certificate authority/);
    expect(await enters("self")).toBe(false);
    for (const name of ["self", "friend"]) {
      const names = ["-I", name, "-n", "debian", `${ring.file(name)}.pub`];
      await run("ssh-keygen", ["-q", "-s", ring.file("self"), ...names]);
    }
    expect([await enters("self"), await enters("friend")]).toEqual([true, true]);
    // Its own line lets in no certificate, and a revocation closes both.
    await host.authorize([self, bob.publicKey]);
    expect(await enters("friend")).toBe(false);
    await host.authorize([`cert-authority ${self}`, bob.publicKey]);
    expect(await remove({})).toMatch(/was a certificate authority: the line went too/);
    expect([await enters("self"), await enters("friend")]).toEqual([false, false]);
  });

  test("an account without files that sshd reads is closed by its settings, and nothing can be added", async () => {
    await configureSshd(host.guest, "Match User root\n  AuthorizedKeysFile none\n");
    await host.authorize([alice.publicKey], "root");
    expect((await removeAlice(host)).closed).toHaveLength(1);
    expect(await host.guest.authorizedKeys("root")).toBe(`${alice.publicKey}\n`);
    await rm(join(host.guest.home("root"), ".ssh/authorized_keys"));
  });

  test("root that accepts no keys at all counts as closed when no file has the key", async () => {
    await configureSshd(host.guest, "Match User root\n  PubkeyAuthentication no\n");
    await host.authorize([alice.publicKey], "root");
    const { closed, removed: lines } = await removeAlice(host);
    expect([closed.length, lines.length, await host.guest.authorizedKeys("root")]).toEqual([1, 2, ""]);
  });

  test.each(["debian", "root"])(
    "a file whose name has a blank is found by %s, and sshd refuses its key from everywhere",
    async (login) => {
      await configureSshd(host.guest, 'AuthorizedKeysFile "%h/.ssh/my keys" .ssh/authorized_keys\n');
      await host.guest.asRoot(
        "cd /home/debian/.ssh; cat >'my keys'; chown debian: my*",
        `from="192.0.2.1" ${alice.publicKey}\n`,
      );
      await host.authorize([bob.publicKey], "root");
      const access = host.access([bob], { user: login });
      const { removed: lines, notes } = await host.change(access, { remove: [gone(alice)] });
      expect([lines, notes]).toEqual([["/home/debian/.ssh/my keys:1", "/home/debian/.ssh/authorized_keys:1"], []]);
      expect((await host.guest.asRoot("cat '/home/debian/.ssh/my keys'")).stdout).toBe("");
    },
  );

  test("files for clients from elsewhere lose the key too, and nothing is left to note", async () => {
    await configureSshd(host.guest, "Match Address 192.0.2.0/24\n  AuthorizedKeysFile .ssh/elsewhere\n");
    await host.guest.asRoot("cd /home/debian/.ssh; cat >elsewhere; chown debian: elsewhere", `${alice.publicKey}\n`);
    const { removed: lines, notes } = await removeAlice(host);
    expect([lines.toSorted(), notes]).toEqual([
      ["/home/debian/.ssh/authorized_keys:1", "/home/debian/.ssh/elsewhere:1"],
      [],
    ]);
  });

  test("files of a block in a file that a block for others includes lose the key, whatever its line ends", async () => {
    await configureSshd(host.guest, "Match Address 192.0.2.0/24\r\n  Include /etc/ssh/inner.conf\r\n");
    const inner = "Match User debian\r\n  AuthorizedKeysFile .ssh/inner\r\n";
    await host.guest.asRoot("cat >/etc/ssh/inner.conf", inner);
    await host.guest.asRoot("cd /home/debian/.ssh; cat >inner; chown debian: inner", `${alice.publicKey}\n`);
    const { removed: lines, notes } = await removeAlice(host);
    expect([lines.toSorted(), notes]).toEqual([
      ["/home/debian/.ssh/authorized_keys:1", "/home/debian/.ssh/inner:1"],
      [],
    ]);
  });

  test("a program that grants keys to clients from elsewhere is noted", async () => {
    await configureSshd(
      host.guest,
      "Match Address 192.0.2.0/24\n  AuthorizedKeysCommand /bin/keys %u\n  AuthorizedKeysCommandUser nobody\n",
    );
    expect((await removeAlice(host)).notes).toEqual([
      expect.stringMatching(
        /^On 127\S+, clients of "Match Address 192.0.2.0\/24" have authorizedkeyscommand \/bin\/keys %u, which may accept keys that no file has\.$/,
      ),
    ]);
  });

  test("files are found by the text of sshd_config if sshd does not answer, which needs no note", async () => {
    await configureSshd(host.guest, "AuthorizedKeysFile .ssh/keys\n");
    const keys = join(host.guest.home(), ".ssh/keys");
    await host.guest.asRoot("cd /home/debian/.ssh; cp -p authorized_keys keys; chown debian: keys");
    await putProgram(host.guest, "sshd", "#!/bin/sh\necho 'sshd: no hostkeys available -- exiting.' >&2\nexit 1\n");
    const { removed: lines, notes } = await removeAlice(host);
    expect([lines, notes]).toEqual([["/home/debian/.ssh/keys:1"], []]);
    await Promise.all([keys, join(host.guest.root, "bin/sshd")].map((file) => rm(file)));
  });
});
