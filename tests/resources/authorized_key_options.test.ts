/** Options of a key while other lines of the same key, in any file that sshd reads, let in more. */
import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { alice, bob } from "./known_keys";
import { ReachableHost, refusal } from "./reachable_host";
import { closeClouds } from "./world";

const { AuthorizedKey } = resources;
const from = 'from="192.0.2.1"';
const past = 'expiry-time="20200101"';
const future = 'expiry-time="20991231"';

describeGuests((guests) => {
  let host: ReachableHost;
  beforeAll(async () => {
    host = await ReachableHost.start(guests);
  });
  afterAll(closeClouds);
  beforeEach(() => host.write(bob.line));
  afterEach(() => host.guest.asRoot("rm -f /home/debian/.ssh/authorized_keys2"));

  const create = (options: readonly string[], more: object = {}) =>
    host.run().create(AuthorizedKey, host.inputs(alice.line, { options, ...more }));

  const writeSecond = (text: string) =>
    host.guest.asRoot("cd /home/debian/.ssh; cat >authorized_keys2; chown debian: authorized_keys2", text);

  test.each<[string, readonly string[], string]>([
    ["from= and a line without options", [from], alice.line],
    ["from= and a line for other clients", [from], `from="127.0.0.1" ${alice.line}`],
    ["an expiry in the past and a line without one", [past], alice.line],
    ["an expiry in the future and a line without one", [future], alice.line],
    [
      "from= and a forced command, and a line for the whole world",
      [from, 'command="true"'],
      `command="true" ${alice.line}`,
    ],
    ["an authority for some clients, and one for all", ["cert-authority", from], `cert-authority ${alice.line}`],
    [
      "an authority for one name, and one for the account's name",
      ["cert-authority", 'principals="ops"'],
      `cert-authority ${alice.line}`,
    ],
    ["from=, and an authority whose certificates open it from anywhere", [from], `cert-authority ${alice.line}`],
    [
      "an authority for all clients, and a line with which the key logs in from some",
      ["cert-authority", "no-pty"],
      `${from} ${alice.line}`,
    ],
  ])("A creation fails and names the line that lets in more: %s", async (_what, options, other) => {
    const lines = [`${options.join()} ${alice.line}`, bob.line, other];
    await host.write(...lines);
    await expect(create(options)).rejects.toMatchObject({
      code: "SSH_KEY_RESTRICTED",
      message: expect.stringMatching(/\/home\/debian\/\.ssh\/authorized_keys .*\(line 4\)/),
    });
    expect(await host.lines()).toEqual(lines);
  });

  test("A creation fails and names the line of another file that lets in more, and writes nothing", async () => {
    await writeSecond(`# mine\n${alice.line}\n`);
    await host.write(`${from} ${alice.line}`, bob.line);
    expect(await refusal(create([from]))).toMatch(/\/home\/debian\/\.ssh\/authorized_keys2 .*\(line 2\)/);
    expect(await host.lines()).toEqual([`${from} ${alice.line}`, bob.line]);
  });

  test.each<[string, readonly string[], string, string]>([
    ["sshd uses the first line, which is for everybody", ["restrict"], alice.line, "yes"],
    ["a forced command, because sshd uses the first line", ['command="true"'], alice.line, "yes"],
    ["the same options", [from], `${from} ${alice.line}`, "no"],
    ["the same clients, for a shorter time", [from], `${from},${future} ${alice.line}`, "no"],
    ["an authority, and a key, which lets in no certificates", ["cert-authority", from], alice.line, "yes"],
    ["a key and an authority with the same options", [from], `cert-authority,${from} ${alice.line}`, "no"],
  ])("A second line that lets in no more is left alone: %s", async (_what, options, other, answer) => {
    const lines = [`${options.join()} ${alice.line}`, other];
    await host.write(...lines);
    await create(options);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([lines, answer]);
  });

  test("An update takes out every line that lets in more, in all files", async () => {
    const last = await create(["restrict"]);
    await host.write(`restrict ${alice.line}`, bob.line, alice.line);
    await writeSecond(`${alice.line}\n${bob.line}\n`);
    await host.run().update(AuthorizedKey, last, host.inputs(alice.line, { options: [from] }));
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[`${from} ${alice.line}`, bob.line], "no"]);
  });

  test("A refresh names the line that lets in more, and the next update takes it out", async () => {
    const news = host.inputs(alice.line, { options: [from] });
    const last = await host.run().create(AuthorizedKey, news);
    await writeSecond(`\n${alice.line}\n`);
    const run = host.run();
    const found = await run.found(AuthorizedKey, last);
    expect(run.warnings).toEqual([
      expect.stringMatching(/is also in \/home\/debian\/\.ssh\/authorized_keys2 \(line 2\), with other options: none/),
    ]);
    expect((await host.run().diff(AuthorizedKey, found, news)).changes).toEqual(["options"]);
    await host.run().update(AuthorizedKey, found, news);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[bob.line, `${from} ${alice.line}`], "no"]);
  });

  test("An update keeps the key if the second file is a link to the first", async () => {
    const last = await create([from]);
    await host.guest.asRoot("cd /home/debian/.ssh; ln -s authorized_keys authorized_keys2");
    await host.run().update(AuthorizedKey, last, host.inputs(alice.line, { options: [from, "restrict"] }));
    expect(await host.lines()).toEqual([bob.line, `${from},restrict ${alice.line}`]);
  });
});
