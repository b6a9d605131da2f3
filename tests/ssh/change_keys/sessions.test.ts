/** Sessions that are open when their key goes. */
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

/** The real client, logged in with alice's key once it has said `word`. */
async function session(words: readonly string[], word: string): Promise<ChildProcessWithoutNullStreams> {
  const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "IdentityAgent=none"];
  const place = ["-F", "none", "-p", String(host.guest.port), "-i", ring.file("alice"), `debian@${host.guest.address}`];
  const ssh = spawn("ssh", ["-v", ...options.flatMap((option) => ["-o", option]), ...place, ...words]);
  let said = "";
  await new Promise<void>((resolve) => {
    const listen = (chunk: Buffer) => {
      said += chunk;
      if (said.includes(word)) resolve();
    };
    ssh.stdout.on("data", listen);
    ssh.stderr.on("data", listen);
  });
  return ssh;
}

const opened = () => session(["echo here; cat"], "here");
const removed = (endSessions: boolean) =>
  host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"], endSessions });

describeGuests((guests) => {
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test("a session outlives its key unless it is to be ended", async () => {
    const ssh = await opened();
    expect((await removed(false)).endedSessions).toBe(0);
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
    ["with a command", opened],
    ["that forwards a port and runs nothing", () => session(["-N"], "Entering interactive session")],
  ])("a session %s ends with its key, and ours goes on to say so", async (_what, open) => {
    const ssh = await open();
    const ended = once(ssh, "close");
    expect((await removed(true)).endedSessions).toBe(1);
    expect((await ended)[0]).toBe(255);
  });

  test("root ends sessions of the user whose key goes, and not its own", async () => {
    await host.authorize([bob.publicKey], "root");
    const ssh = await opened();
    const ended = once(ssh, "close");
    const access = host.access([bob], { user: "root" });
    const report = await host.change(access, { remove: [gone(alice)], endSessions: true });
    expect([report.endedSessions, (await ended)[0]]).toEqual([1, 255]);
  });
});

test("a guest whose server is one process of another user ends none, and says zero", async () => {
  host = await Host.start("ssh2");
  await host.authorize([alice.publicKey, bob.publicKey]);
  expect((await removed(true)).endedSessions).toBe(0);
});
