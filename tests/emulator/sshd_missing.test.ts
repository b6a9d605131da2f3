/** Machines that cannot have guests with a real sshd. A wrapper makes this machine such a one. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { commandLine } from "./command";
import { describeSshd, noSshd } from "./guest_kinds";
import { start } from "./world";

const run = promisify(execFile);

/** The error of `--guests sshd` under this wrapper. */
async function refusal(...wrapper: [string, ...string[]]): Promise<string> {
  const [program, ...args] = wrapper;
  const { line, options } = commandLine("emulator", "--guests", "sshd");
  const failed = await run(program, [...args, ...line], options).catch((error: { stderr: string }) => error);
  return failed.stderr.trim();
}

describeSshd("--guests sshd", () => {
  test.each<[string, [string, ...string[]], string]>([
    [
      "has no sshd",
      ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /usr/sbin; exec "$@"', "sh"],
      "finds no sshd in /usr/sbin/sshd, /usr/bin/sshd, /usr/libexec/sshd: install openssh-server.",
    ],
    [
      "is used by somebody else than root",
      ["unshare", "--user", "--map-user=1000"],
      "needs root, since each guest has",
    ],
    ["is a container without ids to spare", ["unshare", "--user", "--map-root-user"], "does not work here: EINVAL"],
  ])("says what to do where a machine %s", async (_machine, wrapper, reason) => {
    const said = await refusal(...wrapper);
    expect(said).toContain(`pulumi-exoscale-ssh: guests: "sshd" (--guests sshd) ${reason}`);
    expect(said).toContain('The default guests, "ssh2", need none of this.');
  });
});

if (noSshd !== null) {
  test(`a machine that cannot have guests with a real sshd (${noSshd}) gets the reason`, async () => {
    await expect(start({ guests: "sshd" })).rejects.toThrow('guests: "sshd" (--guests sshd)');
  });
}
