/** Penalties for an address that connects repeatedly without a login (sshd_config(5), PerSourcePenalties). */
import { Penalties } from "../../emulator/guests/penalties";
import { accepts, firstWords } from "./asking";
import { start, startWeb, useKeyRing } from "./world";

const ring = useKeyRing();

const world = (penalties: boolean | object) => startWeb(ring, { guests: "ssh2", penalties });

/** Connects until these are the first words. The server notices the end of a connection later than the client. */
async function meets(target: { ip: string; port: string }, words: string): Promise<void> {
  while ((await firstWords(target)) !== words);
}

const DROPPED = "Not allowed at this time\r\n";

test("drops connections after three that only asked about keys", async () => {
  // Two penalties are not enough and three are, also when some seconds pass between them.
  const { target, publicKey } = await world({ authfail: 60, noauth: 0, min: 150 });
  const stranger = await ring.generate("stranger");
  for (const key of [publicKey, stranger, publicKey]) await accepts(target, key);
  await meets(target, DROPPED);
  expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
});

test("drops connections after some that sent nothing", async () => {
  const { target } = await world({ noauth: 60, min: 60 });
  expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
  await meets(target, DROPPED);
});

test("drops no address that logs in, also when it offers another key first", async () => {
  const { target } = await world({ authfail: 60, min: 60 });
  await ring.generate("wrong");
  for (let login = 0; login < 4; login += 1) {
    const asking = ["-i", ring.file("wrong")];
    expect((await ring.ssh(target, "alice", "true", asking)).code).toBe(0);
  }
});

test("allows an address again when its time is over", async () => {
  const { target, publicKey } = await world({ authfail: 4, noauth: 0, min: 1 });
  await accepts(target, publicKey);
  await meets(target, DROPPED);
  await meets(target, "SSH-2.0-OpenSSH_emulated\r\n");
  expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
});

test("drops no connection by default", async () => {
  const { target, publicKey } = await world(false);
  for (let ask = 0; ask < 5; ask += 1) await accepts(target, publicKey);
  expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
});

test("refuses penalties for guests with a real sshd", async () => {
  await expect(start({ guests: "sshd", penalties: true })).rejects.toThrow('start with guests: "ssh2"');
});

describe("By default", () => {
  let now = 0;
  const penalties = () => new Penalties({}, () => now);

  beforeEach(() => {
    now = 100;
  });

  test("the third failed login of an address in a second is one too many, for 15 seconds", () => {
    const own = penalties();
    const dropped = [1, 2, 3].map(() => {
      own.add("192.0.2.1", "authfail");
      return own.drops("192.0.2.1");
    });
    expect(dropped).toEqual([false, false, true]);
    now = 115;
    expect([own.drops("192.0.2.1"), own.drops("192.0.2.2")]).toEqual([true, false]);
    now = 116;
    expect(own.drops("192.0.2.1")).toBe(false);
  });

  test("a bare connection costs a second, and time that passes takes off", () => {
    const own = penalties();
    for (let second = 0; second < 60; second += 1) {
      now += 1;
      own.add("192.0.2.1", "noauth");
    }
    expect(own.drops("192.0.2.1")).toBe(false);
    for (let more = 0; more < 15; more += 1) own.add("192.0.2.1", "noauth");
    expect(own.drops("192.0.2.1")).toBe(true);
  });

  test("no penalty lasts longer than ten minutes", () => {
    const own = penalties();
    for (let failure = 0; failure < 1000; failure += 1) own.add("192.0.2.1", "authfail");
    now = 701;
    expect(own.drops("192.0.2.1")).toBe(false);
  });
});
