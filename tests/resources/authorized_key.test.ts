/** The life of a key on a host: add, refresh, change, remove, each proven with sshd. */
import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { alice, bob, uncertainKeys } from "./known_keys";
import { ReachableHost } from "./reachable_host";
import { closeClouds } from "./world";

const { AuthorizedKey } = resources;
const [type, base64] = alice.line.split(" ");
const bare = `${type} ${base64}`;

describeGuests((guests) => {
  let host: ReachableHost;
  beforeAll(async () => {
    host = await ReachableHost.start(guests);
  });
  afterAll(closeClouds);
  beforeEach(async () => {
    await host.write(bob.line);
    await host.guest.writeAuthorizedKeys(`${host.admin.publicKey}\n`, "root");
  });

  const granted = (more: object = {}) => host.run().create(AuthorizedKey, host.inputs(alice.line, more));

  test("A key is added to the file of the account, and sshd accepts it", async () => {
    const { id, state } = await granted();
    expect(await host.lines()).toEqual([bob.line, alice.line]);
    expect(await host.accepts(alice.line)).toBe("yes");
    expect([id, state.fingerprintSha256, state.hostKey, state.user]).toEqual([
      `debian/${alice.sha256}`,
      alice.sha256,
      host.guest.hostKey,
      "debian",
    ]);
  });

  test("A key that is already there with the same options is taken over unchanged", async () => {
    await host.write(`restrict ${bare} somebody`, bob.line);
    await granted({ options: ["restrict"] });
    expect(await host.lines()).toEqual([`restrict ${bare} somebody`, bob.line]);
  });

  test("A key that is taken over gets the declared comment", async () => {
    await host.write(`restrict ${bare} somebody`, bob.line);
    await granted({ options: ["restrict"], comment: "alice" });
    expect(await host.lines()).toEqual([`restrict ${bare} alice`, bob.line]);
  });

  test("A key that is already there with other options is not changed, and is an error", async () => {
    await host.write(`command="true" ${alice.line}`);
    await expect(granted()).rejects.toMatchObject({ code: "SSH_KEY_RESTRICTED" });
    expect(await host.lines()).toEqual([`command="true" ${alice.line}`]);
  });

  test("A refresh of an unchanged key finds no drift", async () => {
    const last = await granted({ options: ["restrict"], comment: "alice" });
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect(run.warnings).toEqual([]);
  });

  test("A refresh notices that the key is gone, and the next run adds it again", async () => {
    const last = await granted();
    await host.write(bob.line);
    expect(await host.run().read(AuthorizedKey, last)).toBeUndefined();
    await granted();
    expect(await host.accepts(alice.line)).toBe("yes");
  });

  test("A refresh shows options and comment that somebody changed, and the next update restores them", async () => {
    const news = host.inputs(alice.line, { options: ["restrict"], comment: "alice" });
    const last = await host.run().create(AuthorizedKey, news);
    await host.write(`no-pty ${bare} eve`);
    const found = await host.run().found(AuthorizedKey, last);
    expect(found.inputs).toMatchObject({ options: ["no-pty"], comment: "eve" });
    expect((await host.run().diff(AuthorizedKey, found, news)).changes).toEqual(["options", "comment"]);
    await host.run().update(AuthorizedKey, found, news);
    expect(await host.lines()).toEqual([`restrict ${bare} alice`]);
  });

  test("A refresh shows a second line with fewer restrictions, and the next update removes it", async () => {
    const news = host.inputs(alice.line, { options: ["restrict"] });
    const last = await host.run().create(AuthorizedKey, news);
    await host.write(`restrict ${alice.line}`, bob.line, bare);
    const found = await host.run().found(AuthorizedKey, last);
    expect(found.inputs.options).toEqual([]);
    await host.run().update(AuthorizedKey, found, news);
    expect(await host.lines()).toEqual([`restrict ${alice.line}`, bob.line]);
  });

  test("Options change in place, and every other line stays as it is, byte by byte", async () => {
    const others = ["# mine", `  restrict,pty ${bob.line}  `, "", "nonsense \u00e9"];
    await host.write(...others);
    const last = await granted();
    const { state } = await host.run().update(AuthorizedKey, last, host.inputs(alice.line, { options: ["restrict"] }));
    expect(await host.guest.authorizedKeys()).toBe(
      [host.admin.publicKey, ...others, `restrict ${alice.line}`, ""].join("\n"),
    );
    await host.run().delete(AuthorizedKey, { id: last.id, state });
    expect(await host.guest.authorizedKeys()).toBe([host.admin.publicKey, ...others, ""].join("\n"));
  });

  test("A line that may refuse us for a good reason is written without proof from sshd, and can still be removed", async () => {
    const last = await granted({ options: ['from="192.0.2.7"'] });
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect([await host.lines(), await host.accepts(alice.line), run.warnings]).toEqual([
      [bob.line, `from="192.0.2.7" ${alice.line}`],
      "no",
      [],
    ]);
    await host.run().delete(AuthorizedKey, last);
    expect(await host.lines()).toEqual([bob.line]);
  });

  test("A deletion removes the key, even if somebody changed its line, and sshd refuses it", async () => {
    const last = await granted({ options: ["restrict"] });
    await host.write(`${bare} eve`, bob.line, `no-pty ${bare}`);
    await host.run().delete(AuthorizedKey, last);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line], "no"]);
  });

  test("The deletion of a key that is already gone is proven and changes nothing", async () => {
    const last = await granted();
    await host.write(bob.line);
    await host.run().delete(AuthorizedKey, last);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line], "no"]);
  });

  test.each(["securityKey", "ecdsaSecurityKey"] as const)(
    "A security key is granted, found, changed and removed as any key: %s",
    async (kind) => {
      const { line, sha256 } = uncertainKeys[kind];
      const made = await host.run().create(AuthorizedKey, host.inputs(line, { options: ["verify-required"] }));
      expect([await host.lines(), made.state.fingerprintSha256, await host.accepts(line)]).toEqual([
        [bob.line, `verify-required ${line}`],
        sha256,
        "yes",
      ]);
      expect((await host.run().found(AuthorizedKey, made)).state).toEqual(made.state);
      const news = host.inputs(line, { options: ["no-touch-required"] });
      const last = await host.run().update(AuthorizedKey, made, news);
      expect(await host.lines()).toEqual([bob.line, `no-touch-required ${line}`]);
      await host.run().delete(AuthorizedKey, last);
      expect([await host.lines(), await host.accepts(line)]).toEqual([[bob.line], "no"]);
    },
  );

  test("A security key stays when the key that logs in is removed, because sshd accepts it", async () => {
    const { line } = uncertainKeys.securityKey;
    await host.write(line);
    const own = await host.run().create(AuthorizedKey, host.inputs(host.admin.publicKey));
    await host.run().delete(AuthorizedKey, own);
    expect(await host.guest.authorizedKeys()).toBe(`${line}\n`);
  });

  test("Another account's file is changed through sudo", async () => {
    const last = await granted({ user: "root" });
    expect([await host.lines("root"), await host.accepts(alice.line, "root")]).toEqual([[alice.line], "yes"]);
    expect(await host.lines()).toEqual([bob.line]);
    expect((await host.run().found(AuthorizedKey, last)).state).toEqual(last.state);
    await host.run().delete(AuthorizedKey, last);
    expect([await host.lines("root"), await host.accepts(alice.line, "root")]).toEqual([[], "no"]);
  });

  test("A login as root changes root's own file", async () => {
    const connection = { ...host.connection, user: "root" };
    const last = await granted({ connection });
    expect([last.id, await host.lines("root")]).toEqual([`root/${alice.sha256}`, [alice.line]]);
    await host.run().delete(AuthorizedKey, last);
    expect(await host.accepts(alice.line, "root")).toBe("no");
  });

  test("Several keys of one host are added and removed at once", async () => {
    await host.write();
    const each = [alice, bob].map(({ line }) => host.run().create(AuthorizedKey, host.inputs(line)));
    const made = await Promise.all(each);
    expect((await host.lines()).sort()).toEqual([bob.line, alice.line].sort());
    await Promise.all(made.map((last) => host.run().delete(AuthorizedKey, last)));
    expect(await host.lines()).toEqual([]);
  });
});
