import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { installPlugin } from "./installed_plugin";
import { logIn } from "./login";
import { type PluginLanguage, pluginLanguages, yaml } from "./plugin_programs";
import { UserProgram } from "./user_program";

/** The same program in four languages, with the plugin and the SDKs that are generated from its schema. */

// Go compiles Pulumi's library the first time.
jest.setTimeout(300_000);

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
  program = UserProgram.create(emulator, { PULUMI_NODEJS_TRANSPILE_ONLY: "false", CGO_ENABLED: "0" });
  installPlugin(join(program.directory, "home"));
});

afterEach(async () => await end(program, emulator));

/** A test of the example in a language, or where that cannot run a skipped one that says why. */
function testIn({ name, missing, example, install }: PluginLanguage, title: string, body: () => Promise<void>): void {
  const whole = `A program in ${name} ${title}`;
  const run = async () => {
    program.copyExample(example);
    await install(program);
    await body();
  };
  if (missing === undefined) test(whole, run);
  else test.skip(`${whole} (skipped: ${missing})`, run);
}

for (const language of pluginLanguages) {
  testIn(language, "lets two people in, has nothing to change then, and leaves nothing behind", async () => {
    const { instance, login: sshCommand, knownHosts, alicePrivateKey, bobPrivateKey } = await program.up();
    for (const privateKey of [alicePrivateKey, bobPrivateKey]) {
      expect(await logIn({ privateKey, sshCommand, knownHosts }, "hostname")).toBe(instance);
    }
    await program.expectNoChanges();
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  });
}

testIn(yaml, "takes the key of whoever leaves it off the machine that runs", async () => {
  const { login: sshCommand, knownHosts, bobPrivateKey } = await program.up();
  const withoutBob = program.read("Pulumi.yaml").replaceAll(/^ +(bob:\n.*|.*\bbob.*)\n/gm, "");
  program.write("Pulumi.yaml", withoutBob);
  const { alicePrivateKey } = await program.up();
  expect(await logIn({ privateKey: alicePrivateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
  expect(await logIn({ privateKey: bobPrivateKey, sshCommand, knownHosts }, "whoami")).toBeUndefined();
  await program.destroy();
});
