/** Which programs a guest finds: those that the test chooses, whatever this machine has. */
import { spawnSync } from "node:child_process";
import type { EmulatorOptions } from "../emulated";
import { describeGuests } from "./guest_kinds";
import { closeAll, start } from "./world";

const hasNamespaces = spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]).status === 0;

/** Without namespaces, commands of the default guests see all of this machine. */
const testChoice = hasNamespaces ? test : test.skip;

// A script may add directories to its PATH, as ours do.
const FIND = `PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
for name in sudo su doas runuser pkexec zsh mksh ksh fish tcsh python3 systemctl service; do
  command -v "$name" >/dev/null && echo "$name"
done
true`;

afterEach(closeAll);

describeGuests((guests) => {
  /** What the guest's root reads on the standard output of a shell that runs this script. */
  async function output(shell: string, script: string, options: EmulatorOptions = {}) {
    const { emulator, client } = await start({ guests, hostKeys: ["ed25519"], ...options });
    const { id } = await client.create();
    const guest = await emulator.cloud.guest(id);
    return (await guest.asRoot(`exec ${shell} -s 2>&1`, script)).stdout;
  }

  testChoice.each(["sh", "bash"])("finds no program with %s that only some machines have", async (shell) => {
    expect(await output(shell, FIND)).toBe("sudo\nsu\nsystemctl\n");
  });

  testChoice("cannot run such a program by its path either", async () => {
    const script = "for name in su runuser service; do /usr/bin/$name --version || /usr/sbin/$name --version; done";
    expect(await output("sh", script)).not.toContain("util-linux");
  });

  // Part of util-linux, whose unshare makes the namespaces.
  testChoice("finds a program of this machine that the test asks for", async () => {
    expect(await output("sh", FIND, { programs: ["runuser"] })).toBe("sudo\nsu\nrunuser\nsystemctl\n");
    await closeAll();
    expect(await output("sh", "runuser --version", { programs: ["runuser"] })).toContain("util-linux");
  });

  testChoice("finds every program of this machine when the emulator is told so", async () => {
    expect(await output("sh", FIND, { programs: "all" })).toContain("runuser\n");
  });

  test("does not start with a program that this machine lacks", async () => {
    await expect(start({ guests, programs: ["no-such-program"] })).rejects.toThrow(
      'programs: this machine has no "no-such-program" in /usr/sbin, /usr/bin, /sbin, /bin. Install it, or leave it out.',
    );
  });

  testChoice("cannot put a program in the place of a hidden one", async () => {
    expect(await output("sh", "echo 2>/dev/null >/usr/bin/doas || echo no")).toBe("no\n");
  });
});
