import { evaluate } from "./evaluate";

const shown = (lines: string[]) =>
  evaluate("demo/engine_output.mjs", `m.summarize(${JSON.stringify(lines.join("\n"))})`);

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

test("shows what the provider did before what became of it", async () => {
  const lines = [
    " ~  pulumi-nodejs:dynamic/exoscale-ssh:Instance web updated (2s) ",
    "Diagnostics:",
    "  pulumi-nodejs:dynamic/exoscale-ssh:Instance (web):",
    "    removing the old key",
    "",
  ];
  expect(await shown(lines)).toEqual(["removing the old key", 'Instance "web" updated']);
});
