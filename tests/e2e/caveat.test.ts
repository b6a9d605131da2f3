import { allowSsh, getKeyHolders, Instance, SecurityGroup, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { logIn } from "./login";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

// Functions run in the program's process, which is this one.
const { emulator, stack } = useStack({
  perTest: true,
  prepare: ({ environment }) => Object.assign(process.env, environment),
});

interface Shop {
  bob?: SshKeyPairArgs;
  without?: boolean;
}

/** Alice and Bob on one machine. `without` drops Bob's key from the program and leaves the machine as it is. */
const shop =
  ({ bob = {}, without = false }: Shop = {}) =>
  async () => {
    const alice = new SshKeyPair("alice");
    const bobs = without ? undefined : new SshKeyPair("bob", { name: "bob", ...bob });
    const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") });
    const web = new Instance(
      "web",
      {
        name: "web",
        zone: "ch-gva-2",
        type: "standard.tiny",
        template: "Linux Debian 13",
        diskSize: 10,
        sshKeys: bobs ? [alice, bobs] : [alice],
        securityGroups: [ssh],
        connection: { privateKey: alice.privateKeyOpenssh },
        waitForSsh: true,
      },
      { ignoreChanges: ["sshKeys", "connection"] },
    );
    const { sshCommand, knownHosts, staleSshKeys } = web;
    return {
      sshCommand,
      knownHosts,
      staleSshKeys,
      ...(bobs && { privateKey: bobs.privateKeyOpenssh, publicKeyOpenssh: bobs.publicKeyOpenssh }),
    };
  };

test.each(["listed", "dropped"] as const)(
  "a deleted key still opens the machine, if the API keeps deleted keys %s",
  async (deletedKeys) => {
    emulator.cloud.set({ deletedKeys });
    const { privateKey, sshCommand, knownHosts } = await stack.up(shop());
    await stack.up(shop({ without: true }));
    expect(emulator.cloud.keys.map(({ name }) => name)).not.toContain("bob");
    expect(await logIn({ privateKey, sshCommand, knownHosts }, "echo still in")).toBe("still in");
    const warning = 'SSH key "bob" is deleted from the account but not revoked: it still opens web (ch-gva-2, 127.';
    expect(stack.output).toContain(warning);
  },
);

test("a refresh lists a deleted key as stale, and finds its holder", async () => {
  emulator.cloud.set({ deletedKeys: "dropped" });
  const { publicKeyOpenssh } = await stack.up(shop());
  await stack.up(shop({ without: true }));
  await stack.refresh();
  expect(stack.state()["web"]?.outputs["staleSshKeys"]).toMatchObject([{ name: "bob" }]);
  const asked = { publicKeyOpenssh: String(publicKeyOpenssh), probe: true };
  const { holders } = await stack.up(async () => ({
    ...(await shop({ without: true })()),
    ...(await getKeyHolders(asked)),
  }));
  expect(holders).toMatchObject([{ name: "web", zone: "ch-gva-2", accepts: "yes" }]);
});
