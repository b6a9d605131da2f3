/** Sessions that are open while their key is removed. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll, KeyRing } from "../../emulator/world";
import { makeKey } from "../test_keys";
import { gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];
let ring: KeyRing;
let host: Host;

beforeAll(async () => {
  ring = await KeyRing.make();
  await writeFile(ring.file("alice"), alice.privateKey, { mode: 0o600 });
});
afterAll(async () => {
  await closeAll();
  await ring.remove();
});

/** Starts the real client with alice's key, and waits until its output has `word`. */
async function openSession(words: readonly string[], word: string): Promise<ChildProcessWithoutNullStreams> {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentityAgent=none"];
  const place = ["-F", "none", "-p", String(host.guest.port), "-i", ring.file("alice"), `debian@${host.guest.address}`];
  const ssh = spawn("ssh", ["-v", ...options.flatMap((option) => ["-o", option]), ...place, ...words]);
  let output = "";
  await new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      output += chunk;
      if (output.includes(word)) resolve();
    };
    ssh.stdout.on("data", listen);
    ssh.stderr.on("data", listen);
  });
  return ssh;
}

const openShell = () => openSession(["echo here; cat"], "here");
const removeAlice = (endSessions: boolean) =>
  host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"], endSessions });

describeGuests((guests) => {
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test("a session stays open without its key unless the change ends it", async () => {
    const ssh = await openShell();
    expect((await removeAlice(false)).endedSessions).toBe(0);
    ssh.stdin.write("still there");
    expect(String((await once(ssh.stdout, "data"))[0])).toBe("still there");
    ssh.kill();
  });
});

describeSshd("on a real sshd", () => {
  beforeAll(async () => {
    host = await Host.start("sshd");
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test.each([
    ["with a command", openShell],
    ["that forwards a port and runs nothing", () => openSession(["-N"], "Entering interactive session")],
  ])("a session %s ends with its key, and our own stays open", async (_what, open) => {
    const ssh = await open();
    const ended = once(ssh, "close");
    expect((await removeAlice(true)).endedSessions).toBe(1);
    expect((await ended)[0]).toBe(255);
  });

  test("root ends sessions of the user whose key is removed, and not its own", async () => {
    await host.authorize([bob.publicKey], "root");
    const ssh = await openShell();
    const ended = once(ssh, "close");
    const access = host.access([bob], { user: "root" });
    const report = await host.change(access, { remove: [gone(alice)], endSessions: true });
    expect([report.endedSessions, (await ended)[0]]).toEqual([1, 255]);
  });
});

test("on a guest whose server is one process of another user, no session ends, and the report says zero", async () => {
  host = await Host.start("ssh2");
  await host.authorize([alice.publicKey, bob.publicKey]);
  expect((await removeAlice(true)).endedSessions).toBe(0);
});
