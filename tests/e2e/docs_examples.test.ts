import { readdirSync } from "node:fs";
import { join } from "node:path";
import { getSshKeyPairOutput, SshKeyPair } from "pulumi-exoscale-ssh";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const folder = join(__dirname, "../../docs/examples");
const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
const examples = files.map((file) => file.replace(/\.ts$/, ""));

// Functions run in the program's process, which is this one.
const { emulator, stack } = useStack({
  guests: "ssh2",
  prepare: ({ environment }) => Object.assign(process.env, environment),
});

/** All examples run as one program. Each exports what it shows. */
const program = async () => {
  const outputs = await Promise.all(examples.map(async (name) => Object.entries(await import(join(folder, name)))));
  return Object.fromEntries(outputs.flat().filter(([, value]) => !isResource(value)));
};

const isResource = (value: unknown) => typeof value === "object" && value !== null && "urn" in value;

test("A function waits for the pair that it asks about, in the first preview as well", async () => {
  const registration = async () => {
    const erin = new SshKeyPair("erin");
    const { publicKeyFingerprintMd5: registered } = getSshKeyPairOutput({ name: erin.name });
    return { registered, made: erin.publicKeyFingerprintMd5 };
  };
  expect(await stack.preview(registration)).toEqual({ create: 2 });
  const { registered, made } = await stack.up(registration);
  expect(registered).toBe(made);
  await stack.up(async () => ({}));
});

test("Every example in the pages of docs/ runs, as one program", async () => {
  const outputs = await stack.up(program);
  expect(outputs).toMatchObject({
    alicePrivateKey: expect.stringContaining("BEGIN OPENSSH PRIVATE KEY"),
    login: expect.stringMatching(/^ssh -p \d+ debian@127\./),
    zones: { zones: ["ch-gva-2"] },
    debian: { defaultUser: "debian" },
    tiny: { family: "standard" },
    whoHasDave: [],
    frankFingerprint: expect.stringMatching(/^SHA256:/),
  });
  expect(emulator.cloud.keys).toHaveLength(7);
  await stack.destroy();
});
