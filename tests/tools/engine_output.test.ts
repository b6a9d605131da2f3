import { evaluate } from "./evaluate";

const shown = (lines: string[]) =>
  evaluate(
    "demo/engine_output.mjs",
    `(() => { const shown = []; ${JSON.stringify(lines)}.forEach(m.filterEngineOutput((line) => shown.push(line))); return shown; })()`,
  );

test("shows what was created and hides the stack itself", async () => {
  const lines = [
    "Updating (demo):",
    " +  pulumi:pulumi:Stack quickstart-demo creating (0s) ",
    " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice creating (0s) ",
    " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice created (0.51s) ",
    " +  pulumi:pulumi:Stack quickstart-demo created (2s) ",
  ];
  expect(await shown(lines)).toEqual(['SshKeyPair "alice" created']);
});

test("shows warnings once, without their headings", async () => {
  const lines = [
    "    pulumi:pulumi:Stack quickstart-demo running warning: still opens web",
    "Diagnostics:",
    "  pulumi:pulumi:Stack (quickstart-demo):",
    "    warning: still opens web",
    "",
    "Outputs:",
    '    host: "127.1.2.3"',
  ];
  expect(await shown(lines)).toEqual(["warning: still opens web"]);
});
