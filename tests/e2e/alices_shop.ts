import { Instance, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { Client } from "../emulator/world";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { useStack } from "./use_stack";

/** Where Alice's key opens machines in two zones until her pair, with onDelete revoke, leaves the program. Anew for each test. */
export function useAlicesShop() {
  const { emulator, stack } = useStack({
    zones: ["ch-gva-2", "de-fra-1"],
    perTest: true,
    // The tests' own client follows operations without a pause, which a limit of requests takes for too many.
    settings: { requestsPerSecond: undefined },
    prepare: ({ cloud }) => cloud.openSsh(),
  });

  /**
   * The machine of the operators and one more in another zone, both of them open to Alice as well; `alice` says how she
   * is declared, and without it she has left. Nobody but her pair takes her key off the second machine.
   */
  const shop = (alice?: SshKeyPairArgs) => async () => {
    const ops = new SshKeyPair("ops", { name: "ops" });
    const connection = { privateKey: ops.privateKeyOpenssh };
    const alices = alice && new SshKeyPair("alice", { onDelete: "revoke", ...alice });
    const both = { ...machine, sshKeys: alices ? [ops, alices] : [ops], connection, waitForSsh: true };
    new Instance("web", { ...both, name: "web" });
    new Instance("db", { ...both, name: "db", zone: "de-fra-1" }, { ignoreChanges: ["sshKeys"] });
    return {
      ops: ops.privateKeyOpenssh,
      ...(alices && { name: alices.name, alice: alices.privateKeyOpenssh, publicKey: alices.publicKeyOpenssh }),
    };
  };

  const instanceNamed = (name: string) => emulator.cloud.instances().find((instance) => instance["name"] === name);

  /** The instance of that name, as what the test does to it wants it. */
  const idOf = (name: string) => String(instanceNamed(name)?.["id"]);

  /** The machines of these names that let somebody in. */
  async function opens(privateKey: unknown, ...names: string[]): Promise<string[]> {
    const answers = names.map(async (name) => {
      const { address, port, user } = await emulator.cloud.guest(idOf(name));
      return (await logIn({ privateKey, sshCommand: `ssh -p ${port} ${user}@${address}` }, "whoami")) === user;
    });
    const open = await Promise.all(answers);
    return names.filter((_, index) => open[index]);
  }

  const keysOfAccount = () => emulator.cloud.keys.map(({ name }) => name).sort();

  /** An instance pool with one member, made by hand. @returns its id, and the name of the member */
  async function makePool(...keys: unknown[]) {
    const client = new Client(emulator);
    const order = await client.order({ name: "workers", size: 1, "ssh-keys": keys.map((name) => ({ name })) });
    const id: string = (await client.settle("POST", "/instance-pool", order)).reference.id;
    return {
      id,
      members: () => membersOf(id),
      keys: async () => (await client.get(`/instance-pool/${id}`))["ssh-keys"],
    };
  }

  async function membersOf(pool: string): Promise<string[]> {
    const members = emulator.cloud.instances().filter(({ manager }) => (manager as { id?: string })?.id === pool);
    return members.map(({ name }) => String(name));
  }

  return { emulator, stack, shop, idOf, opens, keysOfAccount, makePool };
}

/** What makes a connection of machines that the program knows nothing of. */
export const acceptNew = { connection: { acceptNewHostKeys: true } };
