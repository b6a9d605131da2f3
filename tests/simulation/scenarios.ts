/** What the simulated stack does, and in which of its runs something goes wrong. */
import { type Declaration, Reference } from "./program";

export interface Scenario {
  readonly name: string;
  /** The programs of the runs before, in which nothing goes wrong. */
  readonly before: readonly (readonly Declaration[])[];
  /** The program of the run in which something goes wrong; empty: the stack is destroyed. */
  readonly program: readonly Declaration[];
}

const machine = {
  zone: "ch-gva-2",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
  waitForSsh: false,
  replaceOnKeyChange: true,
};

const names = ["web", "db", "mail"];

/** A key, a group and machines. Another generation replaces the key and the machines. */
function shop(generation: number, machines: number): Declaration[] {
  const sshKeys = [
    { name: new Reference("alice", "name"), publicKeyOpenssh: new Reference("alice", "publicKeyOpenssh") },
  ];
  const inputs = { ...machine, sshKeys, securityGroups: [new Reference("ssh", "id")] };
  return [
    { type: "SshKeyPair", name: "alice", inputs: { triggers: [String(generation)] } },
    { type: "SecurityGroup", name: "ssh", inputs: {} },
    ...names.slice(0, machines).map((name) => ({ type: "Instance" as const, name, inputs })),
  ];
}

/** Machines whose keys change while they run. Another generation has another key. */
function fleet(generation: number, machines: number, people: readonly string[] = ["alice"]): Declaration[] {
  const pairs: Declaration[] = people.map((name) => ({
    type: "SshKeyPair",
    name,
    inputs: { triggers: [String(generation)], onDelete: "revoke" },
  }));
  const sshKeys = people.map((name) => ({
    name: new Reference(name, "name"),
    publicKeyOpenssh: new Reference(name, "publicKeyOpenssh"),
  }));
  const { replaceOnKeyChange: _, ...rest } = machine;
  // The host key is known from the first boot on.
  const inputs = {
    ...rest,
    waitForSsh: true,
    sshKeys,
    connection: { privateKey: new Reference("alice", "privateKeyOpenssh") },
  };
  return [...pairs, ...names.slice(0, machines).map((name) => ({ type: "Instance" as const, name, inputs }))];
}

/** The scenarios of a stack with so many machines. */
export const scenarios = (machines: number): readonly Scenario[] => [
  { name: `create ${machines}`, before: [], program: shop(1, machines) },
  { name: `replace ${machines}`, before: [shop(1, machines)], program: shop(2, machines) },
  { name: `destroy ${machines}`, before: [shop(1, machines)], program: [] },
  { name: `rotate ${machines}`, before: [fleet(1, machines)], program: fleet(2, machines) },
  { name: `offboard ${machines}`, before: [fleet(1, machines, ["alice", "bob"])], program: fleet(1, machines) },
];
