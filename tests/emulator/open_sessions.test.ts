/** Sessions that are open when their key goes, and who can end them. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describeGuests, describeSshd, type Kind } from "./guest_kinds";
import { closeAll, KeyRing, start } from "./world";

const namespaces = ["--user", "--map-root-user", "--mount", "--pid", "--fork"];
const hasOwnProc = spawnSync("unshare", [...namespaces, "mount", "-t", "proc", "proc", "/proc"]).status === 0;

let ring: KeyRing;

beforeEach(async () => {
  ring = await KeyRing.make();
});

afterEach(async () => {
  await closeAll();
  await ring.remove();
});

/** An emulator with one instance that was created with the keys "alice" and "bob". */
async function world(guests: Kind) {
  const { emulator, client } = await start({ guests, hostKeys: ["ed25519"] });
  emulator.cloud.openSsh();
  for (const name of ["alice", "bob"]) await client.register(name, await ring.generate(name));
  const { id, ip } = await client.create({ "ssh-keys": [{ name: "alice" }, { name: "bob" }] });
  const target = { ip, port: emulator.environment.EXOSCALE_SSH_PORT };
  const said = async (key: string, command: string) => ring.ssh(target, key, command);
  return { target, said, guest: await emulator.cloud.guest(id) };
}

/** A session of the real client, which says back what it is told. */
class Session {
  readonly #ssh: ChildProcessWithoutNullStreams;
  readonly status: Promise<number>;

  constructor({ ip, port }: { ip: string; port: string }, key: string) {
    const options = ["BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
    const place = ["-F", "none", "-p", port, "-i", ring.file(key), `debian@${ip}`, "cat"];
    this.#ssh = spawn("ssh", [...options.flatMap((option) => ["-o", option]), ...place]);
    this.#ssh.stdin.on("error", () => undefined);
    this.status = once(this.#ssh, "close").then(([status]) => status);
  }

  async echo(word: string): Promise<string> {
    this.#ssh.stdin.write(word);
    const [back] = await once(this.#ssh.stdout, "data");
    return String(back);
  }

  end(): void {
    this.#ssh.stdin.end();
  }
}

describeGuests((guests) => {
  test("keeps a session open whose key has gone, and lets no new one in", async () => {
    const { target, said, guest } = await world(guests);
    const session = new Session(target, "alice");
    expect(await session.echo("before")).toBe("before");
    await guest.writeAuthorizedKeys("");
    expect((await said("alice", "true")).code).toBe(255);
    expect(await session.echo("after")).toBe("after");
    session.end();
    expect(await session.status).toBe(0);
  });

  // Where a container hides parts of /proc, as Docker does, no guest can have one of its own.
  (hasOwnProc ? test : test.skip)("shows its own processes and no others", async () => {
    const { said } = await world(guests);
    const { stdout } = await said("alice", "ps -eo args=");
    expect(stdout).toContain("ps -eo args=");
    expect(stdout).not.toMatch(/node|jest/);
  });
});

describeSshd("a guest with a real sshd", () => {
  /** Process ids of the sessions of a user, without the session that asks, whose sshd is the parent of its shell. */
  const others = (user: string) =>
    `ps -eo pid=,user=,args= | awk -v own=$PPID '$2 == "debian" && $3 ~ /^sshd/ && $4 ~ /^${user}@/ && $1 != own {print $1}'`;

  test("has a process of the user for each session, below one of root", async () => {
    const { target, said } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    const { stdout } = await said(
      "bob",
      `for pid in $(${others("debian")}) $PPID; do ps -o user= -p $(ps -o ppid= -p $pid); done`,
    );
    expect(stdout).toBe("root\nroot\n");
    session.end();
    await session.status;
  });

  test("lets the user end the other sessions of the same user, and keep its own", async () => {
    const { target, said } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    expect(await said("bob", `kill $(${others("debian")}); echo done`)).toMatchObject({ code: 0, stdout: "done\n" });
    expect(await session.status).toBe(255);
  });

  test("lets root end sessions by the process that was there before the login", async () => {
    const { target, said } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    await said("bob", `sudo -n kill $(ps -o ppid= -p $(${others("debian")}))`);
    expect(await session.status).toBe(255);
  });

  test("keeps nothing of sessions that have ended", async () => {
    const { said } = await world("sshd");
    for (const key of ["alice", "bob", "alice"]) await said(key, "sleep 1000 >/dev/null 2>&1 & true");
    await said("bob", "kill $(ps -eo pid=,comm= | awk '$2 == \"sleep\" {print $1}')");
    // Of the session before, sshd may still be about to end when the next one begins.
    const sshds = "$(ps -eo comm= | grep -c sshd)";
    const left = `while ps -eo stat= | grep -q Z || [ "${sshds}" -gt 2 ]; do :; done; echo ${sshds}`;
    expect((await said("alice", left)).stdout).toBe("2\n");
  });
});
