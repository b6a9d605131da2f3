/** Proofs that do not come about between the removal of a key and the end of a change. */

import { changeKeys } from "../../../provider/ssh/change_keys/change_keys";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { makeKey, type TestKey } from "../test_keys";
import { failure, gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];

afterAll(closeAll);

/** Removes alice's key as whoever has `key`, and does something once it is out of the files. */
function removedBy(host: Host, key: TestKey, then: () => Promise<unknown>, more = {}): Promise<string> {
  const change = { user: "debian", remove: [gone(alice)], alsoFrom: ["root"] };
  const done: Promise<unknown>[] = [];
  const progress = (step: string) => {
    if (step.startsWith("proving")) done.push(then());
  };
  return failure(
    changeKeys(host.access([key], { timeoutMs: 4_000, ...more }), change, progress).finally(() => Promise.all(done)),
  );
}

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test("a key that removed itself comes back where the host falls silent, so that it can try again", async () => {
    const before = host.files();
    let takeBack = async () => {};
    const silence = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    };
    expect(await removedBy(host, alice, silence)).toMatch(
      /^KeyUnprovenError: SHA256:\S+ was removed from debian@127\S+, but that it is refused is not proven: Cannot reach SSH.* It was put back, so that this can be tried again\.$/,
    );
    await takeBack();
    expect(host.files()).toEqual(before);
  });

  test("a key that could not be brought back is not said to be back", async () => {
    let takeBack = async () => {};
    const silenceAndEdit = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
      await host.authorize([bob.publicKey, "# edited"]);
    };
    expect(await removedBy(host, alice, silenceAndEdit)).toMatch(
      /is not proven: Cannot reach SSH.* Run "pulumi up" again\. These could not be put back: \S+authorized_keys \(somebody keeps editing it\)\.$/,
    );
    await takeBack();
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n# edited\n`);
  });

  test("a key that another one removed stays out where the host falls silent", async () => {
    let takeBack = async () => {};
    const silence = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    };
    expect(await removedBy(host, bob, silence)).toMatch(/^KeyUnprovenError: .*is not proven: Cannot reach SSH/);
    await takeBack();
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("a caller who gives up then gets the key back into its place first", async () => {
    const before = host.files();
    const giveUp = new AbortController();
    const then = async () => giveUp.abort(new Error("too late"));
    expect(await removedBy(host, alice, then, { signal: giveUp.signal })).toBe("Error: too late");
    expect(host.files()).toEqual(before);
  });

  test("another host key in the proof is no proof, whatever that host refuses", async () => {
    const replaced = async () => {
      const takeBack = await host.emulator.guests.fault(host.id, { kind: "dropped-before-banner" });
      await host.emulator.guests.replaceHostKeys(host.id);
      await takeBack();
    };
    expect(await removedBy(host, bob, replaced)).toMatch(
      /^KeyUnprovenError: .*is not proven: The host key of 127\S+ has changed: expected SHA256/,
    );
    host = await Host.start(guests);
  });

  test("a key that somebody puts back meanwhile is found", async () => {
    const putBack = () => host.authorize([`from="192.0.2.1" ${alice.publicKey}`, bob.publicKey]);
    expect(await removedBy(host, bob, putBack)).toMatch(
      /^KeyUnprovenError: .*is not proven: Somebody put it back into \S+authorized_keys\. Run/,
    );
  });
});

describeSshd("on a real sshd", () => {
  test("a key that cannot be put back, because the connection is gone, is named with its file", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    const cut = () => host.guest.asRoot("pkill -u debian sshd");
    const said = await removedBy(host, alice, cut);
    expect(said).toMatch(/^KeysNotPutBackError: .*These could not be put back: \S+authorized_keys \(The connection to/);
  });
});

describeSshd("through a bastion that has no credentials of its own", () => {
  let host: Host;
  let jump: Host;
  beforeEach(async () => {
    [host, jump] = await Promise.all([Host.start("sshd"), Host.start("sshd")]);
    await host.authorize([alice.publicKey, bob.publicKey]);
    await jump.authorize([alice.publicKey, bob.publicKey]);
  });
  afterEach(closeAll);

  const through = () => ({ bastion: { host: jump.guest.address, port: jump.guest.port, user: jump.guest.user } });

  test("a key that removes itself is proven closed, since the bastion still takes it", async () => {
    const change = { remove: [gone(alice)], alsoFrom: ["root"] };
    const { closed } = await host.change(host.access([alice], through()), change);
    expect([closed.length, await host.guest.authorizedKeys()]).toEqual([1, `${bob.publicKey}\n`]);
  });

  test.each([
    ["another one removed stays out", bob, `${bob.publicKey}\n`],
    ["removed itself comes back", alice, `${alice.publicKey}\n${bob.publicKey}\n`],
  ])("a bastion that lets nobody in proves nothing, and a key that %s", async (_what, key, left) => {
    expect(await removedBy(host, key, () => jump.authorize([]), through())).toMatch(
      /^KeyUnprovenError: .*is not proven: The bastion does not let us through: debian@127\S+ let none of these in/,
    );
    expect(await host.guest.authorizedKeys()).toBe(left);
  });
});
