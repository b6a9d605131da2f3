import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { logIn } from "./login";
import { emptyProgram, inLanguage, type PluginLanguage, pluginLanguages, yaml } from "./plugin_programs";
import type { UserProgram } from "./user_program";

/** The same program in four languages, with the plugin and the SDKs generated from its schema. */

// Go compiles Pulumi's library the first time.
jest.setTimeout(300_000);

let emulator: Emulator;
let program: UserProgram;

beforeEach(async () => {
  emulator = await startEmulator({ operationMs: 0, zones: ["ch-gva-2"] });
  program = emptyProgram(emulator);
});

afterEach(async () => await end(program, emulator));

async function use({ example, install }: PluginLanguage): Promise<void> {
  program.copyExample(example);
  await install(program);
}

for (const language of pluginLanguages) {
  inLanguage(language, "lets two people in, then has nothing to change, and leaves nothing behind", async () => {
    await use(language);
    const { instance, login: sshCommand, knownHosts, alicePrivateKey, bobPrivateKey } = await program.up();
    for (const privateKey of [alicePrivateKey, bobPrivateKey]) {
      expect(await logIn({ privateKey, sshCommand, knownHosts }, "hostname")).toBe(instance);
    }
    await program.expectNoChanges();
    await program.destroy();
    expect(emulator.cloud.keys).toEqual([]);
  });
}

inLanguage(yaml, "removes a key from the running machine when the person leaves", async () => {
  await use(yaml);
  const { login: sshCommand, knownHosts, bobPrivateKey } = await program.up();
  const withoutBob = program.read("Pulumi.yaml").replaceAll(/^ +(bob:\n.*|.*\bbob.*)\n/gm, "");
  program.write("Pulumi.yaml", withoutBob);
  const { alicePrivateKey } = await program.up();
  expect(await logIn({ privateKey: alicePrivateKey, sshCommand, knownHosts }, "whoami")).toBe("debian");
  expect(await logIn({ privateKey: bobPrivateKey, sshCommand, knownHosts }, "whoami")).toBeUndefined();
  await program.destroy();
});
