/** Scripts that do not run, and scripts that end early. */
import type { Rights } from "../../../provider/ssh/host_files/account";
import { runScriptAs, type Shell } from "../../../provider/ssh/host_files/run_script";
import { localSession } from "./local_session";

const rights: Rights = { loginAccount: { user: "debian", uid: 1000, home: "/home/debian" }, become: "sudo" };
const END = { text: "put end" };

/** A host whose sudo is this text of sh. Its arguments are those of sudo; it has the script on standard input. */
function hostWithSudo(sudo: string): { readonly shell: Shell; readonly commands: string[] } {
  const commands: string[] = [];
  const local = localSession();
  const exec: Shell["exec"] = (command, stdin, options) => {
    commands.push(command);
    return local.exec(
      `sudo() { ${sudo}\n}\n${command.replace("exec sudo", "sudo").replace("exec /bin/sh -c", "eval")}`,
      stdin,
      options,
    );
  };
  return { shell: { exec }, commands };
}

test("A program that refuses to become another account says why", async () => {
  const { shell } = hostWithSudo("echo 'sudo: a password is required' >&2; exit 1");
  expect(await runScriptAs(shell, rights, "root", END)).toEqual({ refused: "sudo: a password is required" });
});

test("A script that ran as another account and ended early was not refused", async () => {
  const { shell } = hostWithSudo("/bin/sh");
  const killed = runScriptAs(shell, rights, "root", { text: "kill -9 $$" });
  await expect(killed).rejects.toMatchObject({ code: "SSH_COMMAND", message: expect.stringMatching(/ended early/) });
});

test.each([
  ["text", undefined],
  ["text with data behind it", Buffer.from("data")],
])("A script for another account is no argument of a process: %s", async (_, data) => {
  const { shell, commands } = hostWithSudo('shift 4; "$@"');
  const script = { text: "put end", variables: { secret: "in the script" }, ...(data && { data }) };
  await runScriptAs(shell, rights, "root", script);
  expect(commands.join("\n")).not.toContain("in the script");
});
