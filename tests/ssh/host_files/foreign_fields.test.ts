/** Output of a host that looks like the answer of a script and is none. */
import { runScript, type Shell } from "../../../provider/ssh/host_files/run_script";
import { localSession } from "./local_session";

const SCRIPT = { text: "put key value\nput end" };

/** A host that writes what an earlier script answered before the answer of each later one, on both outputs. */
function hostThatRepeats(): Shell {
  const local = localSession();
  let earlier = "";
  return {
    exec: async (command, stdin, options) => {
      const result = await local.exec(command, stdin, options);
      const said = earlier;
      earlier += result.stdout.replace("value", "forged");
      const stdoutBytes = Buffer.concat([Buffer.from(said), result.stdoutBytes, Buffer.from(said)]);
      return { ...result, stdoutBytes, stdout: stdoutBytes.toString(), stderr: said };
    },
  };
}

test("The answer of an earlier script is no field of a later one", async () => {
  const host = hostThatRepeats();
  for (let round = 0; round < 3; round++) {
    const fields = await runScript(host, SCRIPT);
    expect(fields.each("key").map((each) => each.text("key"))).toEqual(["value"]);
  }
});

test("A shell that repeats the script on standard error adds no field", async () => {
  const local = localSession();
  const host: Shell = { exec: (_command, stdin, options) => local.exec("exec /bin/sh -vx", stdin, options) };
  const fields = await runScript(host, SCRIPT);
  expect(fields.each("key").map((each) => each.text("key"))).toEqual(["value"]);
});

test("A host that answers none of a script, and only text for a terminal, is named with what can be shown of it", async () => {
  const local = localSession();
  const text = "printf '\\033[2J\\033]0;x\\007Go away\\r\\n\\033[0m\\n'; exit 1";
  const host: Shell = { exec: (_command, _stdin, options) => local.exec(text, "", options) };
  await expect(runScript(host, SCRIPT)).rejects.toThrow("(status 1; its output: [0m)");
});
