import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { logIn } from "./login";
import { emptyProgram, inLanguage, type PluginLanguage, pluginLanguages, python, yaml } from "./plugin_programs";
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

inLanguage(
  yaml,
  "with a text in sshKeys is refused by its host, which names the type that docs/resources describe",
  async () => {
    await use(yaml);
    const withIds = program.read("Pulumi.yaml").replaceAll(/\{ name: "(\$\{\w+)\.name\}".* \}/g, "$1.id}");
    program.write("Pulumi.yaml", withIds);
    await expect(program.up()).rejects.toThrow(
      "Cannot assign type 'string' to type 'exoscale-ssh:index:SshKeyReference'",
    );
  },
);

inLanguage(python, "may give the ids of pairs in sshKeys, and take one out again", async () => {
  await use(python);
  const givePairs = (...pairs: string[]) => {
    const ids = pairs.map((pair) => `${pair}.id`).join(", ");
    program.write("__main__.py", program.read("__main__.py").replace(/ssh_keys=\[.*\]/, `ssh_keys=[${ids}]`));
  };
  givePairs("alice", "bob");
  const { login: sshCommand, knownHosts, alicePrivateKey, bobPrivateKey } = await program.up();
  const logsIn = (privateKey: unknown) => logIn({ privateKey, sshCommand, knownHosts }, "whoami");
  expect([await logsIn(alicePrivateKey), await logsIn(bobPrivateKey)]).toEqual(["debian", "debian"]);
  givePairs("alice");
  await program.up();
  expect([await logsIn(alicePrivateKey), await logsIn(bobPrivateKey)]).toEqual(["debian", undefined]);
  await program.destroy();
});
