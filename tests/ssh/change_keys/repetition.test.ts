/** Changes that are repeated, changes at the same time, and a server that penalizes failed logins. */
import { describeGuests } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol, dave] = [makeKey(), makeKey(), makeKey(), makeKey()];

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });

  test("a second run writes nothing and proves all again", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
    const change = { add: [line(carol)], remove: [gone(alice)], alsoFrom: ["root"] };
    const first = await host.change(host.access([bob]), change);
    const before = [host.files(), host.stamp(), host.stamp("root")];
    const second = await host.change(host.access([bob]), change);
    expect([host.files(), host.stamp(), host.stamp("root")]).toEqual(before);
    expect([first.added.length, first.removed.length, second.added, second.removed]).toEqual([1, 2, [], []]);
    expect(second.closed).toEqual(first.closed);
  });

  test("two keys that remove themselves from one host at the same time are both removed", async () => {
    await host.authorize([alice, bob, carol].map(({ publicKey }) => publicKey));
    const removeItself = (key: typeof alice) =>
      host.change(host.access([key]), { remove: [gone(key)], alsoFrom: ["root"] });
    await Promise.all([removeItself(alice), removeItself(bob)]);
    expect(await host.guest.authorizedKeys()).toBe(`${carol.publicKey}\n`);
  });

  test("four changes at the same time each start from the result of the others", async () => {
    await host.authorize([alice.publicKey, bob.publicKey, carol.publicKey]);
    const access = host.access([carol], { timeoutMs: 20_000 });
    const changes = [{ remove: [gone(alice)] }, { add: [line(dave)] }, { remove: [gone(bob)] }, { add: [line(dave)] }];
    await Promise.all(changes.map((change) => host.change(access, change)));
    expect(await host.guest.authorizedKeys()).toBe(`${carol.publicKey}\n${dave.publicKey}\n`);
  });

  test("a change whose caller has aborted does not begin", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const access = host.access([bob], { signal: AbortSignal.abort(new Error("too late")) });
    expect(await failure(host.change(access, { remove: [gone(alice)] }))).toBe("Error: too late");
    expect(await host.guest.authorizedKeys()).toBe(`${alice.publicKey}\n${bob.publicKey}\n`);
  });

  test("an unknown host is accepted if that is allowed, and its key is in the report", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const unknown = host.access([bob], { knownHostKeys: [] });
    expect(await failure(host.change(unknown, { remove: [gone(alice)] }))).toMatch(/^UnknownHostKeyError: .*127/);
    const { hostKey } = await host.change({ ...unknown, acceptNew: true }, { remove: [gone(alice)] });
    expect(`${hostKey.type} ${hostKey.base64}`).toBe(host.guest.hostKey);
  });
});

describe("a server that counts failed logins", () => {
  test("lets three keys in a row remove themselves", async () => {
    const host = await Host.start("ssh2", { penalties: true });
    await host.authorize([alice, bob, carol, dave].map(({ publicKey }) => publicKey));
    for (const key of [alice, bob, carol]) {
      await host.change(host.access([key], { timeoutMs: 25_000 }), { remove: [gone(key)], alsoFrom: ["root"] });
    }
    expect(await host.guest.authorizedKeys()).toBe(`${dave.publicKey}\n`);
  }, 90_000);

  test("has nothing to count if a remaining key logs in to both accounts", async () => {
    const host = await Host.start("ssh2", { penalties: { min: 5 } });
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey, bob.publicKey], "root");
    await host.change(host.access([bob]), { add: [line(carol)], remove: [gone(alice)], alsoFrom: ["root"] });
    expect(await host.accepts(carol)).toBe("yes");
  });
});
