import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { logIn } from "./login";
import { layOutPackages } from "./node_modules";
import { emptyProgram, type PluginLanguage, pluginLanguages } from "./plugin_programs";
import type { UserProgram } from "./user_program";

/** A stack of the dynamic classes whose program is rewritten for the plugin, in another language. */

// Go compiles Pulumi's library the first time.
jest.setTimeout(300_000);

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
  program = emptyProgram(emulator);
});

afterEach(async () => await end(program, emulator));

/** The resources of the plugin's examples, declared with the dynamic classes. */
const dynamicProgram = `
const { Instance, SecurityGroup, SshKeyPair } = require("pulumi-exoscale-ssh");
const [alice, bob] = [new SshKeyPair("alice"), new SshKeyPair("bob")];
const rules = [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }];
const web = new Instance("web", {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  sshKeys: [alice, bob],
  securityGroups: [new SecurityGroup("ssh", { rules })],
  connection: { privateKey: alice.privateKeyOpenssh },
  waitForSsh: true,
});
exports.alicePrivateKey = alice.privateKeyOpenssh;
`;

/** Deploys an example with the dynamic classes, then replaces the program by the example. */
async function moveTo({ example, install }: PluginLanguage): Promise<void> {
  program.write("Pulumi.yaml", `name: ${example}\nruntime: nodejs\nmain: before/\n`);
  program.write("before/index.js", dynamicProgram);
  layOutPackages(join(program.path, "before"));
  await program.up();
  program.copyExample(example);
  await install(program);
}

for (const language of pluginLanguages) {
  const title = `A program in ${language.name} takes over what the dynamic classes have made`;
  const run = async () => {
    await moveTo(language);
    await program.expectNoChanges();
    const requests = emulator.requests.length;
    const { login: sshCommand, knownHosts, alicePrivateKey: privateKey } = await program.up();
    expect(emulator.requests.slice(requests).filter(({ method }) => method !== "GET")).toEqual([]);
    expect(await logIn({ privateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
    await program.refresh();
    await program.expectNoChanges();
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  };
  if (language.missing === undefined) test(title, run);
  else test.skip(`${title} (skipped: ${language.missing})`, run);
}
