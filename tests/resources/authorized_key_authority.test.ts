/** A key that logs in, and the same key as a certificate authority, on one account: two lines, each with its own owner. */
import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { alice, bob } from "./known_keys";
import { type Granted, ReachableHost, refusal } from "./reachable_host";
import { closeClouds } from "./world";

const { AuthorizedKey } = resources;
const from = 'from="192.0.2.1"';
const authority = `cert-authority ${alice.line}`;

describeGuests((guests) => {
  let host: ReachableHost;
  beforeAll(async () => {
    host = await ReachableHost.start(guests);
  });
  afterAll(closeClouds);
  beforeEach(() => host.write(bob.line));

  const inputs = (options: readonly string[], more: object = {}) => host.inputs(alice.line, { options, ...more });
  const create = (options: readonly string[], more: object = {}) =>
    host.run().create(AuthorizedKey, inputs(options, more));
  const update = (last: Granted, options: readonly string[], more: object = {}) =>
    host.run().update(AuthorizedKey, last, inputs(options, more));

  /** Both, each of its own resource. */
  async function both() {
    const key = await create([]);
    return { key, ca: await create(["cert-authority"]) };
  }

  test("Both are added, and each is read as its own line", async () => {
    const { key, ca } = await both();
    expect(await host.lines()).toEqual([bob.line, alice.line, authority]);
    const run = host.run();
    expect((await run.found(AuthorizedKey, key)).state.options).toEqual([]);
    expect((await run.found(AuthorizedKey, ca)).state.options).toEqual(["cert-authority"]);
    expect(run.warnings).toEqual([]);
  });

  test("A change of one leaves the line of the other", async () => {
    const { key, ca } = await both();
    await update(ca, ["cert-authority", "no-pty"]);
    await update(key, ["no-pty"]);
    expect(await host.lines()).toEqual([bob.line, `no-pty ${alice.line}`, `cert-authority,no-pty ${alice.line}`]);
  });

  test("A comment that is declared for one leaves the line of the other, also where its line was there", async () => {
    await host.write(authority, alice.line);
    const key = await create([], { comment: "mine" });
    await update(key, [], { comment: "ours" });
    expect(await host.lines()).toEqual([authority, alice.line.replace(/ \S+$/, " ours")]);
  });

  test("The deletion of the key leaves the authority, and says that whoever has the key still gets in", async () => {
    const { key } = await both();
    const run = host.run();
    await run.delete(AuthorizedKey, key);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line, authority], "no"]);
    expect(run.warnings).toEqual([
      expect.stringMatching(/authorized_keys the key stays as a certificate authority: .*signs\. Remove that line/),
    ]);
  });

  test("The deletion of the authority leaves the key, without a warning", async () => {
    const { ca } = await both();
    const run = host.run();
    await run.delete(AuthorizedKey, ca);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line, alice.line], "yes"]);
    expect(run.warnings).toEqual([]);
  });

  test("A run that makes one and deletes the other deletes it", async () => {
    const key = await create([]);
    const run = host.run();
    await run.create(AuthorizedKey, inputs(["cert-authority"]));
    await run.delete(AuthorizedKey, key);
    expect(await host.lines()).toEqual([bob.line, authority]);
  });

  test("A key becomes an authority in place, and a key again", async () => {
    const key = await create([]);
    const ca = await update(key, ["cert-authority"]);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line, authority], "no"]);
    await update(ca, []);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line, alice.line], "yes"]);
  });

  test("A key whose line is gone is not found in the line of the authority, which is named", async () => {
    const { key, ca } = await both();
    await host.write(authority);
    const run = host.run();
    expect(await run.read(AuthorizedKey, key)).toBeUndefined();
    expect(run.warnings).toEqual([expect.stringMatching(/authorized_keys \(line 2\) .* certificate authority/)]);
    await host.write(alice.line);
    expect(await host.run().read(AuthorizedKey, ca)).toBeUndefined();
  });

  test("A refresh says that an authority opens the account without the options of the key, and removes nothing", async () => {
    const key = await create([from]);
    await host.write(`${from} ${alice.line}`, authority);
    const run = host.run();
    expect((await run.found(AuthorizedKey, key)).state.options).toEqual([from]);
    expect(run.warnings).toEqual([
      expect.stringMatching(/without from=.*authorized_keys \(line 3\), with other options: cert-authority. Remove/),
    ]);
    expect(await refusal(update(key, [from, "no-pty"]))).toMatch(/authorized_keys \(line 3\)/);
    expect(await host.lines()).toEqual([`${from} ${alice.line}`, authority]);
  });
});
