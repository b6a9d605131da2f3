/** Hosts whose sshd allows few sessions in a connection (MaxSessions), as hardened hosts do. */
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];

afterAll(closeAll);

describeSshd("on a real sshd", () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start("sshd");
  });

  const removeAlice = () => host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] });

  test.each([1, 2])(
    "with MaxSessions %i a key is closed for its owner and root, and examined, every time",
    async (sessions) => {
      await configureSshd(host.guest, `MaxSessions ${sessions}\n`);
      for (let round = 0; round < 5; round++) {
        await host.authorize([alice.publicKey, bob.publicKey]);
        await host.authorize([alice.publicKey], "root");
        expect((await removeAlice()).removed).toHaveLength(2);
        const examined = { user: "debian", alsoIn: ["root"], publicKeyOpenssh: alice.publicKey };
        expect((await examineKey(host.access([bob]), examined)).status).toBe("closed");
      }
    },
  );

  test("with MaxSessions 0 nothing is changed, and the error names it", async () => {
    await configureSshd(host.guest, "MaxSessions 0\n");
    await host.authorize([alice.publicKey, bob.publicKey]);
    expect(await failure(removeAlice())).toMatch(
      /^SshCommandError: 127\S+ accepted the login and opened no session \(.*open failed\): .* Set MaxSessions to 1 or more in its sshd_config\.$/,
    );
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\n${bob.publicKey}\n`);
  });
});
