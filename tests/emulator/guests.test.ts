import { once } from "node:events";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AuthHandlerMiddleware, Client as SshClient } from "ssh2";
import { makeKey } from "../ssh/test_keys";
import { accepts, firstWords } from "./asking";
import { describeGuests } from "./guest_kinds";
import { start, startWeb, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  const world = (...type: string[]) => startWeb(ring, { guests }, ["alice"], ...type);

  test.each([[["-t", "ed25519"]], [["-t", "rsa", "-b", "2048"]], [["-t", "ecdsa", "-b", "384"]]])(
    "lets the OpenSSH client in with a key of ssh-keygen %j",
    async (type) => {
      const target = await world(...type);
      expect(await ring.ssh(target, "alice", "hostname; id -un; whoami")).toMatchObject({
        code: 0,
        stdout: "web\ndebian\ndebian\n",
      });
    },
  );

  test("passes standard input, output, errors and exit status of a command", async () => {
    const target = await world();
    const done = await ring.ssh(target, "alice", "echo out; echo err >&2; exit 7");
    expect(done).toMatchObject({ code: 7, stdout: "out\n" });
    expect(done.stderr).toContain("err\n");
  });

  test("lets the ssh2 client in and shows the host key that the admin controls have", async () => {
    const { ip, port, guest } = await world();
    const client = new SshClient();
    let shown = "";
    const ready = once(client, "ready");
    const hostVerifier = (key: Buffer) => {
      shown = key.toString("base64");
      return true;
    };
    client.connect({
      host: ip,
      port: Number(port),
      username: "debian",
      privateKey: await readFile(ring.file("alice")),
      hostVerifier,
    });
    await ready;
    await new Promise<void>((resolve) => {
      client.once("close", () => resolve()).end();
    });
    expect(guest.hostKey).toBe(`ssh-ed25519 ${shown}`);
  });

  test("refuses another key, another account, and the right key's public half alone", async () => {
    const target = await world();
    await ring.generate("mallory");
    expect((await ring.ssh(target, "mallory", "true")).code).toBe(255);
    expect((await ring.ssh({ ...target, user: "nobody" }, "alice", "true")).code).toBe(255);
  });

  test("says without a signature whether a key would be accepted", async () => {
    const target = await world();
    const stranger = await ring.generate("stranger");
    expect(await accepts(target, target.publicKey)).toBe(true);
    expect(await accepts(target, stranger)).toBe(false);
  });

  test("tells a client that logs in as root to use the default account", async () => {
    const { guest } = await world();
    expect(await guest.authorizedKeys("root")).toMatch(
      /^no-port-forwarding,.*command="echo 'Please login as the user \\"debian\\"/,
    );
  });

  test("runs a forced command instead of the client's command", async () => {
    const target = await world();
    await target.guest.writeAuthorizedKeys(`command="echo not $SSH_ORIGINAL_COMMAND" ${target.publicKey}\n`);
    expect(await ring.ssh(target, "alice", "ls")).toMatchObject({ code: 0, stdout: "not ls\n" });
  });

  test("ignores a file that others may write", async () => {
    const target = await world();
    await chmod(join(target.guest.home(), ".ssh/authorized_keys"), 0o666);
    expect(await accepts(target, target.publicKey)).toBe(false);
  });

  describe("its sudo", () => {
    /** What a command with sudo prints, which the default account runs without a password. */
    async function sudo(...commands: string[]) {
      const target = await world();
      const outcomes: string[] = [];
      for (const each of commands) {
        const { code, stdout } = await ring.ssh(target, "alice", `sudo ${each}`);
        outcomes.push(`${code} ${stdout}`.trim());
      }
      return outcomes;
    }

    test("takes the options that tools give it, also in one word, and runs only the command", async () => {
      const asked = ["-H -S -n -p 'PROMPT %u: ' -u root", "-nHS -pPROMPT -uroot", "-kE -C 3 -T 60 --", "-A -B -P -N"];
      const long = [
        "--non-interactive --user=root --prompt=x",
        "--stdin --user root --prompt 'a b' --preserve-env=A,B",
      ];
      const outcomes = await sudo(...[...asked, ...long].map((options) => `${options} whoami`));
      expect(outcomes).toEqual(Array.from({ length: 6 }, () => "0 root"));
    });

    test("becomes another account by name and by number", async () => {
      expect(await sudo("-u debian whoami", "-u '#1000' whoami", "-u '#0' whoami")).toEqual([
        "0 debian",
        "0 debian",
        "0 root",
      ]);
    });

    test("sets variables that come before the command", async () => {
      expect(await sudo("-n A=1 B='2 3' sh -c 'echo $A $B'")).toEqual(["0 1 2 3"]);
    });

    test("opens a shell with -s, and one in the home of the account with -i", async () => {
      const home = 'sh -c \'[ "$PWD" = "$HOME" ] && whoami\'';
      expect(await sudo("-s whoami", `-i ${home}`, `-n --login ${home}`)).toEqual(["0 root", "0 root", "0 root"]);
    });

    test("answers the questions of -v, -k and -l without a command", async () => {
      const [validated, forgotten, listed] = await sudo("-n -v", "-k", "-n -l");
      expect([validated, forgotten, listed]).toEqual(["0", "0", expect.stringContaining("NOPASSWD: ALL")]);
    });

    test("refuses what it cannot do, and runs nothing then", async () => {
      const outcomes = await sudo(
        "-R /tmp whoami",
        "-g games whoami",
        "--nonsense whoami",
        "-x whoami",
        "-u nobody0 id",
        "-n",
      );
      expect(outcomes).toEqual(["1", "1", "1", "1", "1", "1"]);
    });
  });

  test("reads authorized_keys at each attempt", async () => {
    const target = await world();
    const next = await ring.generate("next");
    await target.guest.writeAuthorizedKeys(`${next}\n`);
    expect((await ring.ssh(target, "next", "true")).code).toBe(0);
    expect((await ring.ssh(target, "alice", "true")).code).toBe(255);
  });

  test("never gives a guest a key that was registered after its creation", async () => {
    const target = await world();
    await target.client.register("late", await ring.generate("late"));
    expect((await ring.ssh(target, "late", "true")).code).toBe(255);
  });

  test("gives no key to a guest whose template does not support it", async () => {
    const { emulator, client } = await world();
    const order = { "disk-size": 50, "ssh-keys": [{ name: "alice" }] };
    const { id } = await client.create(order, "Windows Server 2022");
    expect(await (await emulator.cloud.guest(id)).authorizedKeys()).toBe("");
  });

  test("shows a banner only while a rule opens TCP 22", async () => {
    const { emulator, client } = await start({ guests });
    const { id, ip } = await client.create();
    const target = { ip, port: emulator.environment.EXOSCALE_SSH_PORT };
    expect(await firstWords(target)).toBe("ECONNRESET");
    emulator.cloud.openSsh();
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
    const [group] = (await client.get(`/instance/${id}`))["security-groups"];
    await client.settle("PUT", `/security-group/${group.id}:detach`, { instance: { id } });
    expect(await firstWords(target)).toBe("ECONNRESET");
  });

  test("applies rules to the client address that a test sets", async () => {
    const { emulator, client } = await start({ guests });
    const { reference } = await client.settle("POST", "/security-group", { name: "office" });
    const rule = {
      "flow-direction": "ingress",
      protocol: "tcp",
      network: "203.0.113.0/24",
      "start-port": 22,
      "end-port": 22,
    };
    await client.settle("POST", `/security-group/${reference.id}/rules`, rule);
    const { ip } = await client.create({ "security-groups": [{ id: reference.id }] });
    const target = { ip, port: emulator.environment.EXOSCALE_SSH_PORT };
    expect(await firstWords(target)).toBe("ECONNRESET");
    emulator.cloud.set({ clientAddress: "203.0.113.4" });
    expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
  });

  test("closes with the instance and starts again with the same host key", async () => {
    const target = await world();
    await ring.ssh(target, "alice", "true");
    await target.client.settle("PUT", `/instance/${target.id}:stop`);
    expect(await firstWords(target)).toBe("ECONNREFUSED");
    await target.client.settle("PUT", `/instance/${target.id}:start`);
    // accept-new refuses a changed host key, so a login proves that the host key is the same.
    expect((await ring.ssh(target, "alice", "true")).code).toBe(0);
  });

  test("puts another host on the address of a destroyed one when a test asks for it", async () => {
    const target = await world();
    await ring.ssh(target, "alice", "true");
    await target.emulator.cloud.destroyInstance(target.id);
    target.emulator.cloud.reuseAddress(target.ip);
    expect((await target.client.create({ "ssh-keys": [{ name: "alice" }] })).ip).toBe(target.ip);
    expect((await ring.ssh(target, "alice", "true")).stderr).toContain("Host key verification failed");
  });

  test("ends a connection after six refused attempts", async () => {
    const target = await world();
    const client = new SshClient();
    const keys = Array.from({ length: 8 }, () => makeKey().privateKey);
    let offered = 0;
    const closed = new Promise<void>((resolve) => {
      client.once("close", () => resolve()).on("error", () => undefined);
    });
    const authHandler: AuthHandlerMiddleware = (_methods, _partial, next) => {
      const key = keys[offered];
      offered += 1;
      next(key === undefined ? "none" : { type: "publickey", username: "debian", key });
    };
    client.connect({ host: target.ip, port: Number(target.port), username: "debian", authHandler });
    await closed;
    expect(offered).toBe(6);
  });
});
