/** Hosts whose sshd ends a connection after few refused keys (MaxAuthTries), as hardened hosts do. */
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import { findGrant } from "../../../provider/ssh/change_keys/find_grant";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd, refuseSudo, runAsRoot } from "../../guest_conditions";
import { makeKey, type TestKey } from "../test_keys";
import { failure, gone, Host } from "./host";

const [rsa, stranger, alice, bob] = [makeKey("rsa"), makeKey("rsa"), makeKey(), makeKey()];

afterAll(closeAll);

describeSshd("on a real sshd", () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start("sshd");
  });
  beforeEach(async () => {
    await host.authorize([rsa.publicKey, alice.publicKey, bob.publicKey]);
    await host.authorize([rsa.publicKey, bob.publicKey], "root");
  });

  const remove = (...keys: TestKey[]) =>
    host.change(host.access([bob]), { remove: keys.map(gone), alsoFrom: ["root"] });

  test.each([2, 3])("with MaxAuthTries %i an RSA key and another one are closed at once", async (tries) => {
    await configureSshd(host.guest, `MaxAuthTries ${tries}\n`);
    expect((await remove(rsa, alice)).closed).toHaveLength(2);
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("with MaxAuthTries 2 an RSA key removes itself", async () => {
    await configureSshd(host.guest, "MaxAuthTries 2\n");
    const access = host.access([rsa, alice]);
    expect((await host.change(access, { remove: [gone(rsa)], alsoFrom: ["root"] })).closed).toHaveLength(1);
  });

  test("with MaxAuthTries 2 no connection ends without a login if sshd says its limit", async () => {
    await configureSshd(host.guest, "MaxAuthTries 2\nLogLevel VERBOSE\n");
    await runAsRoot(host.guest, "echo >/var/log/auth.log");
    await remove(rsa);
    expect(await runAsRoot(host.guest, "grep -c 'Too many authentication failures' /var/log/auth.log || true")).toBe(
      "0\n",
    );
  });

  test("with MaxAuthTries 2 an RSA key is examined and found, and its absence is proven", async () => {
    await configureSshd(host.guest, "MaxAuthTries 2\n");
    const examined = { user: "debian", alsoIn: ["root"], publicKeyOpenssh: stranger.publicKey };
    expect((await examineKey(host.access([bob]), examined)).status).toBe("closed");
    expect((await findGrant(host.access([bob]), "debian", stranger.publicKey)).accepts).toBe("no");
    expect((await findGrant(host.access([bob]), "debian", rsa.publicKey)).accepts).toBe("yes");
    expect(await host.accepts(stranger)).toBe("no");
  });

  test.each([
    ["says so", async () => {}],
    ["says it in its configuration only", () => refuseSudo(host.guest)],
  ])(
    "with MaxAuthTries 1, if sshd %s, no key is removed, and the error says why and what to do",
    async (_what, prepare) => {
      await configureSshd(host.guest, "MaxAuthTries 1\n");
      await prepare();
      const before = host.files();
      const removal = host.change(host.access([bob]), { remove: [gone(alice)] });
      expect(await failure(removal)).toMatch(
        /^KeyUnprovenError: sshd on 127\S+ has MaxAuthTries 1: .*Set MaxAuthTries to 2 or more in its sshd_config\. Nothing was changed\.$/,
      );
      expect(host.files()).toEqual(before);
      await runAsRoot(host.guest, "rm -f /bin/sudo.refused");
    },
  );
});
