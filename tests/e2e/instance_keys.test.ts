import * as pulumi from "@pulumi/pulumi";
import { Instance, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { generatePrivateKey } from "../../provider/keys/generate";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator, stack } = useStack({ guests: "none", perTest: true });
let publicKeys: string[];

beforeAll(async () => {
  const keys = [1, 2].map(() => generatePrivateKey({ algorithm: "ed25519" }));
  publicKeys = (await Promise.all(keys)).map((key) => key.publicKey().openssh);
});

const webOf =
  (args: SshKeyPairArgs, options: pulumi.CustomResourceOptions = {}) =>
  async () => {
    const deploy = new SshKeyPair("deploy", args);
    const web = new Instance("web", { ...machine, sshKeys: [deploy] }, options);
    return { id: web.id };
  };

test("an imported key that is gone is registered again, and its machine stays as it is", async () => {
  const program = webOf({ publicKey: publicKeys[0] });
  const { id } = await stack.up(program);
  emulator.cloud.removeKey(String(stack.state()["deploy"]?.id));
  await stack.refresh();
  expect(await stack.preview(program)).toMatchObject({ create: 1 });
  expect(await stack.up(program)).toEqual({ id });
});

test("a machine that ignores changes of its keys stays as it is if a key is deleted before its replacement", async () => {
  const ignoring = { ignoreChanges: ["sshKeys"] };
  const { id } = await stack.up(webOf({ name: "deploy", publicKey: publicKeys[0] }, ignoring));
  const replaced = webOf({ name: "deploy", publicKey: publicKeys[1] }, ignoring);
  expect(await stack.preview(replaced)).toMatchObject({ replace: 1 });
  expect(await stack.up(replaced)).toEqual({ id });
});

test("two components with machines of the same logical name have two machines", async () => {
  emulator.cloud.setOperationMs(1000);
  await stack.up(async () => {
    for (const colour of ["blue", "green"]) {
      const parent = new pulumi.ComponentResource(`shop:index:${colour}`, colour);
      const key = new SshKeyPair("key", {}, { parent });
      new Instance("web", { ...machine, sshKeys: [key] }, { parent });
    }
  });
  emulator.cloud.setOperationMs(20);
  expect(emulator.cloud.instances()).toHaveLength(2);
});

/** Alice and Bob on one machine. `without` drops Bob's key from the program. */
const shop =
  ({ bob = {}, without = false, keep = ["sshKeys"] }: { bob?: SshKeyPairArgs; without?: boolean; keep?: string[] }) =>
  async () => {
    const alice = new SshKeyPair("alice");
    const sshKeys = without ? [alice] : [alice, new SshKeyPair("bob", { name: "bob", ...bob })];
    new Instance("web", { ...machine, name: "web", sshKeys }, { ignoreChanges: keep });
  };

test("onDelete refuse keeps a key that a machine holds, and names the machine", async () => {
  await stack.up(shop({ bob: { onDelete: "refuse" } }));
  const said = await stack.failure(stack.up(shop({ without: true })));
  expect(said).toMatch(
    /SSH key "bob" is not deleted \(onDelete: "refuse"\): It was installed on web \(ch-gva-2, 127\.\S+\)/,
  );
  expect(emulator.cloud.keys.map(({ name }) => name)).toContain("bob");
});

test("a change of a machine's keys is refused at preview, and replaces and changes nothing", async () => {
  await stack.up(shop({}));
  const before = emulator.cloud.instances();
  const said = await stack.failure(stack.preview(shop({ without: true, keep: [] })));
  expect(said).toContain('sshKeys of instance "web" changed');
  expect(emulator.cloud.instances()).toEqual(before);
});
