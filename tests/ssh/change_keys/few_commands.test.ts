/** How often a host is asked: each command and each connection costs it processes, and everybody round trips. */
import { Client } from "ssh2";
import { inspectHost } from "../../../provider/ssh/host_files/inspect_host";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd } from "../../guest_conditions";
import { closeSessions, guestHost } from "../host_files/guest_host";
import { makeKey } from "../test_keys";
import { gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];

afterAll(closeAll);
afterEach(() => jest.restoreAllMocks());

describeSshd("on a real sshd", () => {
  test("a key is closed for its owner and root with three connections and five commands", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
    const [connect, exec] = [jest.spyOn(Client.prototype, "connect"), jest.spyOn(Client.prototype, "exec")];
    const { removed } = await host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] });
    expect([removed.length, connect.mock.calls.length, exec.mock.calls.length]).toEqual([2, 3, 5]);
  });

  test("sshd is asked about each user if its configuration has a Match line, also in an included file", async () => {
    const host = await guestHost("sshd");
    const settings = async () => {
      const { sshdSettings } = await inspectHost(await host.session(), ["debian", "root"]);
      closeSessions();
      return ["debian", "root"].map((user) => /^maxauthtries (\d+)$/im.exec(sshdSettings.get(user) ?? "")?.[1]);
    };
    expect(await settings()).toEqual(["6", "6"]);
    await configureSshd(host.guest, "match user root\n  MaxAuthTries 3\n");
    expect(await settings()).toEqual(["6", "3"]);
    await host.guest.asRoot("cat >/etc/ssh/more.conf", "Match User root\n  MaxAuthTries 2\n");
    await configureSshd(host.guest, "Include=/etc/ssh/more.conf\n");
    expect(await settings()).toEqual(["6", "2"]);
  });
});
