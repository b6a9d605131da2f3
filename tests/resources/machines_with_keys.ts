/** Pairs and the machines that they open, for tests of keys on machines. */
import { resources } from "../../provider/resources";
import type { Emulator } from "../emulated";
import { machine } from "./known_machine";
import type { Held, Run, TestCloud } from "./world";

const { Instance, SshKeyPair } = resources;

export type Pair = Awaited<ReturnType<typeof SshKeyPair.create>>;
export type Machine = Held<Awaited<ReturnType<typeof Instance.create>>["state"]>;

/** Creates a pair, of a resource named `alice` and with `onDelete: "revoke"` by default. */
export async function newPair(run: Run, more: object = {}, resource = "alice"): Promise<Pair> {
  const identity = { organization: "o", urn: `urn:pulumi:dev::p::t::${resource}`, name: resource };
  return await run.create(SshKeyPair, { identity, onDelete: "revoke", ...more });
}

/** A pair as `sshKeys` has it. */
export const reference = ({ state }: Pair) => ({ name: state.name, publicKeyOpenssh: state.publicKeyOpenssh });

/** The inputs of a small instance that has these keys, and whose connection uses the first. */
export const opened = (...pairs: readonly Pair[]) => ({
  ...machine,
  waitForSsh: true,
  sshKeys: pairs.map(reference),
  connection: { privateKey: pairs[0]?.state.privateKeyOpenssh },
});

/** Whether each account of the machine accepts a pair: `debian yes, root no`. */
export async function accepts(cloud: TestCloud, { state: { publicIp } }: Machine, { state }: Pair): Promise<string> {
  const { account } = cloud.run();
  const asked = ["debian", "root"].map(async (user) => {
    const target = { host: String(publicIp), port: account.sshPort, user };
    return `${user} ${(await account.ssh.probe(target, state.publicKeyOpenssh ?? "")).accepts}`;
  });
  return (await Promise.all(asked)).join(", ");
}

/** The labels of all instances that record keys, without the prefix. */
export function keyLabels(emulator: Emulator): string[] {
  const labels = emulator.cloud.instances().flatMap((instance) => Object.keys(instance["labels"] ?? {}));
  return labels.flatMap((label) => /^exoscale-ssh\.((?:key|key-md5|closed)\..*)$/.exec(label)?.[1] ?? []).sort();
}

/** The MD5 fingerprint of a pair as labels have it. */
export const md5Of = ({ state }: Pair) => state.publicKeyFingerprintMd5.replaceAll(":", "");

export const closedOnAll = "debian no, root no";
export const openOnAll = "debian yes, root yes";
