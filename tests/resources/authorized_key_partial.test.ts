/** Creations that fail when the key may already be on the host: what the state has then, and how the next run continues. */
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { resources } from "../../provider/resources";
import { describeGuests, describeSshd } from "../emulator/guest_kinds";
import { configureSshd, putProgram, runAsRoot } from "../guest_conditions";
import { alice, bob } from "./known_keys";
import { ReachableHost } from "./reachable_host";
import { closeClouds, type Run } from "./world";

const { AuthorizedKey } = resources;
const proving = "proving that the new key is accepted.";
const elsewhere = 'from="192.0.2.7"';

/** A run in which these things happen, in this order, the first times that a key is about to be proven. */
function runWith(host: ReachableHost, ...happens: (() => void)[]): Run {
  const run = host.run();
  const { info } = run.log;
  run.log.info = (message) => {
    if (message.endsWith(proving)) happens.shift()?.();
    info(message);
  };
  return run;
}

/** Somebody edits the file, so that it cannot be put back as it was, and the key is refused from here. */
const edited = (host: ReachableHost) => () => {
  const lines = [host.admin.publicKey, "# edited", `${elsewhere} ${alice.line}`, ""];
  writeFileSync(join(host.guest.home(), ".ssh/authorized_keys"), lines.join("\n"));
};

describeGuests((guests) => {
  let host: ReachableHost;
  beforeEach(async () => {
    host = await ReachableHost.start(guests);
  });
  afterEach(closeClouds);

  const news = (more: object = {}) => host.inputs(alice.line, more);
  const partial = () => runWith(host, edited(host)).createInPart(AuthorizedKey, news());

  test("A key that could not be removed again is saved, so that the next run continues", async () => {
    const { id, state, message } = await partial();
    expect([id, state.user, state.fingerprintSha256, state.hostKey]).toEqual([
      `debian/${alice.sha256}`,
      "debian",
      alice.sha256,
      host.guest.hostKey,
    ]);
    expect(message).toMatch(
      /^SHA256:\S+ on debian@127\S+ may be on the host, but: .* was not accepted\. .*These could not be put back: \S+authorized_keys \(somebody keeps editing it\)\. It is kept in the state, and "pulumi up" continues with it\.$/,
    );
  });

  test("The next update writes the declared line, proves it, and leaves no drift", async () => {
    const last = await partial();
    expect((await host.run().diff(AuthorizedKey, last, news())).drifted).toBe(true);
    const next = await host.run().update(AuthorizedKey, last, news());
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([["# edited", alice.line], "yes"]);
    expect(await host.run().diff(AuthorizedKey, next, news())).toMatchObject({ changes: [], drifted: false });
  });

  test("A deletion removes what a failed creation has left", async () => {
    await host.run().delete(AuthorizedKey, await partial());
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([["# edited"], "no"]);
  });

  test("A refresh that finds no line keeps an unfinished key, and the next update adds it", async () => {
    const last = await partial();
    await host.write();
    const found = await host.run().found(AuthorizedKey, last);
    expect((await host.run().diff(AuthorizedKey, found, news())).drifted).toBe(true);
    await host.run().update(AuthorizedKey, found, news());
    expect(await host.accepts(alice.line)).toBe("yes");
  });

  test("An update that fails leaves the key unfinished, and a later one continues with other inputs", async () => {
    const last = await partial();
    const again = runWith(host, edited(host)).update(AuthorizedKey, last, news());
    await expect(again).rejects.toMatchObject({ code: "SSH_KEYS_NOT_PUT_BACK" });
    await host.run().update(AuthorizedKey, last, news({ options: ["restrict"] }));
    expect(await host.lines()).toEqual(["# edited", `restrict ${alice.line}`]);
  });

  test("Options that a failed update has written are removed when the program is reverted", async () => {
    const whole = await host.run().create(AuthorizedKey, news());
    const half = await runWith(host, edited(host)).updateInPart(AuthorizedKey, whole, news({ options: ["restrict"] }));
    expect(await host.lines()).toContain(`${elsewhere} ${alice.line}`);
    const next = await host.run().update(AuthorizedKey, half, news());
    expect(await host.lines()).toEqual(["# edited", alice.line]);
    expect(next.state).not.toHaveProperty("halfUpdated");
  });

  test("The end of a replacement keeps the line that an update has finished, whatever the host's name was", async () => {
    const last = await partial();
    const run = host.run();
    await run.update(AuthorizedKey, last, news());
    const connection = { ...host.connection, host: "web.example" };
    for (const old of [last.state, { ...last.state, connection }]) {
      await run.delete(AuthorizedKey, { id: last.id, state: old });
    }
    expect(await host.accepts(alice.line)).toBe("yes");
  });

  test("A key that was there is saved if its comment is written but cannot be proven", async () => {
    await host.write(alice.line);
    const run = runWith(host, () => undefined, edited(host));
    const last = await run.createInPart(AuthorizedKey, news({ comment: "mine" }));
    await host.run().update(AuthorizedKey, last, news({ comment: "mine" }));
    expect(await host.lines()).toEqual(["# edited", `${alice.line.split(" ").slice(0, 2).join(" ")} mine`]);
  });

  test("A key on a machine that stops before the proof is in the state, and in its file after a start", async () => {
    const { cloud, id } = host;
    // The proof gets no answer until the machine is down.
    await cloud.emulator.guests.fault(id, { kind: "slow", ms: 1, connections: 1 });
    const takeBack = await cloud.emulator.guests.fault(id, { kind: "silent-before-banner" });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      stopped = cloud.emulator.cloud.stopInstance(id);
    };
    const last = await runWith(host, stop).createInPart(AuthorizedKey, news());
    await stopped;
    await takeBack();
    await cloud.emulator.cloud.startInstance(id);
    expect(await host.lines()).toEqual([alice.line]);
    await host.run().update(AuthorizedKey, last, news());
    await host.run().delete(AuthorizedKey, last);
    expect(await host.lines()).toEqual([]);
  });

  test("Options that a machine got before it stopped are removed when the program is reverted", async () => {
    const whole = await host.run().create(AuthorizedKey, news());
    await host.cloud.emulator.guests.fault(host.id, { kind: "slow", ms: 1, connections: 1 });
    const takeBack = await host.cloud.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    let stopped: Promise<void> | undefined;
    const run = runWith(host, () => {
      stopped = host.cloud.emulator.cloud.stopInstance(host.id);
    });
    const half = await run.updateInPart(AuthorizedKey, whole, news({ options: ["restrict"] }));
    await stopped;
    // A refresh that cannot read the host must not remove the mark.
    const found = await host.run().found(AuthorizedKey, half);
    expect(await host.run().diff(AuthorizedKey, found, news())).toMatchObject({ drifted: true });
    await takeBack();
    await host.cloud.emulator.cloud.startInstance(host.id);
    expect(await host.lines()).toEqual([`restrict ${alice.line}`]);
    await host.run().update(AuthorizedKey, found, news());
    expect(await host.lines()).toEqual([alice.line]);
  });
});

describeSshd("on a real sshd", () => {
  let host: ReachableHost;
  beforeEach(async () => {
    host = await ReachableHost.start("sshd");
  });
  afterEach(closeClouds);

  /** The connection ends when a file has been replaced, before the answer is sent. */
  const cut = `#!/bin/sh\n/bin/mv "$@" || exit\ncase "$*" in *authorized_keys) sudo -n pkill -u debian sshd;; esac\n`;

  test("A key whose line may have been written is saved if the connection ends before the answer", async () => {
    await putProgram(host.guest, "mv", cut);
    const last = await host.run().createInPart(AuthorizedKey, host.inputs(alice.line));
    expect(last.message).toMatch(/Whether these were changed is not known: \S+authorized_keys \(/);
    await rm(join(host.guest.root, "bin/mv"));
    expect(await host.lines()).toEqual([alice.line]);
    await host.run().delete(AuthorizedKey, last);
    expect(await host.lines()).toEqual([]);
  });

  test("A key that sshd refuses and that was removed again is not in the state", async () => {
    await host.write(bob.line);
    await runAsRoot(host.guest, "cat >/etc/ssh/refused.pub", `${alice.line}\n`);
    await configureSshd(host.guest, "RevokedKeys /etc/ssh/refused.pub\n");
    const attempt = host.run().create(AuthorizedKey, host.inputs(alice.line));
    await expect(attempt).rejects.toMatchObject({ code: "SSH_KEY_NOT_ACCEPTED" });
    expect(await host.lines()).toEqual([bob.line]);
  });
});
