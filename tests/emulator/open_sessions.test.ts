/** Sessions that are open when their key is removed, and who can end them. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describeGuests, describeSshd, type Kind } from "./guest_kinds";
import { startWeb, useKeyRing } from "./world";

const namespaces = ["--user", "--map-root-user", "--mount", "--pid", "--fork"];
const hasOwnProc = spawnSync("unshare", [...namespaces, "mount", "-t", "proc", "proc", "/proc"]).status === 0;

const ring = useKeyRing();

/** An emulator with one instance that was created with the keys "alice" and "bob". */
async function world(guests: Kind) {
  const web = await startWeb(ring, { guests, hostKeys: ["ed25519"] }, ["alice", "bob"]);
  const run = (key: string, command: string) => ring.ssh(web.target, key, command);
  return { ...web, run };
}

/** A session of the real client that echoes its input. */
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
  test("keeps a session open after its key is removed, and refuses a new one", async () => {
    const { target, run, guest } = await world(guests);
    const session = new Session(target, "alice");
    expect(await session.echo("before")).toBe("before");
    await guest.writeAuthorizedKeys("");
    expect((await run("alice", "true")).code).toBe(255);
    expect(await session.echo("after")).toBe("after");
    session.end();
    expect(await session.status).toBe(0);
  });

  // A guest has no /proc of its own in a container that hides parts of /proc, as Docker does.
  (hasOwnProc ? test : test.skip)("shows its own processes and no others", async () => {
    const { run } = await world(guests);
    const { stdout } = await run("alice", "ps -eo args=");
    expect(stdout).toContain("ps -eo args=");
    expect(stdout).not.toMatch(/node|jest/);
  });
});

describeSshd("a guest with a real sshd", () => {
  /** Process ids of the user's other sessions. The sshd of the session that asks is the parent of its shell. */
  const others = (user: string) =>
    `ps -eo pid=,user=,args= | awk -v own=$PPID '$2 == "debian" && $3 ~ /^sshd/ && $4 ~ /^${user}@/ && $1 != own {print $1}'`;

  test("has a process of the user for each session, below one of root", async () => {
    const { target, run } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    const { stdout } = await run(
      "bob",
      `for pid in $(${others("debian")}) $PPID; do ps -o user= -p $(ps -o ppid= -p $pid); done`,
    );
    expect(stdout).toBe("root\nroot\n");
    session.end();
    await session.status;
  });

  test("lets the user end the other sessions of the same user, and keep its own", async () => {
    const { target, run } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    expect(await run("bob", `kill $(${others("debian")}); echo done`)).toMatchObject({ code: 0, stdout: "done\n" });
    expect(await session.status).toBe(255);
  });

  test("lets root end sessions by the sshd process that existed before the login", async () => {
    const { target, run } = await world("sshd");
    const session = new Session(target, "alice");
    await session.echo("here");
    await run("bob", `sudo -n kill $(ps -o ppid= -p $(${others("debian")}))`);
    expect(await session.status).toBe(255);
  });

  test("has no process left of sessions that have ended", async () => {
    const { run } = await world("sshd");
    for (const key of ["alice", "bob", "alice"]) await run(key, "sleep 1000 >/dev/null 2>&1 & true");
    await run("bob", "kill $(ps -eo pid=,comm= | awk '$2 == \"sleep\" {print $1}')");
    // The sshd of the previous session may still be ending when the next session begins.
    const sshds = "$(ps -eo comm= | grep -c sshd)";
    const left = `while ps -eo stat= | grep -q Z || [ "${sshds}" -gt 2 ]; do :; done; echo ${sshds}`;
    expect((await run("alice", left)).stdout).toBe("2\n");
  });
});
