/** What the simulated stack does, and in which of its runs something goes wrong. */
import { type Declaration, Reference } from "./program";

export interface Scenario {
  readonly name: string;
  /** The programs of the runs before, in which nothing goes wrong. */
  readonly before: readonly (readonly Declaration[])[];
  /** The program of the run in which something goes wrong; empty: the stack is destroyed. */
  readonly program: readonly Declaration[];
  /** The program of another stack of the account that is made during that run. Default: there is none. */
  readonly beside?: readonly Declaration[];
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

/** Machines whose list of keys changes, without any pair that goes. */
function keyLists(machines: number, people: readonly string[]): Declaration[] {
  const [pairs, instances] = [fleet(1, machines, ["alice", "bob"]).slice(0, 2), fleet(1, machines, people)];
  return [...pairs, ...instances.filter(({ type }) => type === "Instance")];
}

const bastionKeys = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPmBF4wDKuMN1zhrVn3C7FTvEJSTgRw0VJyAqCdvJlh carol",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC6h2qS2pTVGBnU0TJV4EJMpUfIEJpBNLSbg3a6vCkeF dave",
];

/** A line of a public key on each machine, for somebody who is not in the account. */
function granted(machines: number, publicKey: string | undefined, options: readonly string[] = []): Declaration[] {
  const grants = names.slice(0, publicKey === undefined ? 0 : machines).map((name) => ({
    type: "AuthorizedKey" as const,
    name: `grant-${name}`,
    inputs: {
      publicKey,
      options,
      connection: {
        host: new Reference(name, "publicIp"),
        user: "debian",
        privateKey: new Reference("alice", "privateKeyOpenssh"),
      },
    },
  }));
  return [...fleet(1, machines), ...grants];
}

/** Machines that keep a key whose pair goes: their list has the key itself. */
function kept(machines: number, onDelete: string | undefined): Declaration[] {
  const [publicKeyOpenssh] = bastionKeys;
  const carol: Declaration = {
    type: "SshKeyPair",
    name: "carol",
    inputs: { name: "carol", publicKey: publicKeyOpenssh, onDelete },
  };
  const [alice, ...instances] = fleet(1, machines);
  if (!alice) throw new Error("There is no pair.");
  const withCarol = instances.map(({ inputs, ...rest }) => ({
    ...rest,
    inputs: { ...inputs, sshKeys: [...(inputs["sshKeys"] as unknown[]), { name: "carol", publicKeyOpenssh }] },
  }));
  return [alice, ...(onDelete === undefined ? [] : [carol]), ...withCarol];
}

/** Groups with a fixed name and rules. */
function groups(name: string, ports: readonly number[]): Declaration[] {
  const rules = ports.map((startPort) => ({ protocol: "tcp", startPort, network: "192.0.2.0/24" }));
  return ["front", "back"].map((each) => ({
    type: "SecurityGroup",
    name: each,
    inputs: { name: `${name}-${each}`, rules },
  }));
}

/** A pair whose private half is in a file. */
function inFile(generation: number, privateKeyFile: string, name?: string): Declaration[] {
  const inputs = { triggers: [String(generation)], privateKeyFile, ...(name !== undefined && { name }) };
  return [{ type: "SshKeyPair", name: "alice", inputs }];
}

function namedPair(name: string): Declaration[] {
  return [{ type: "SshKeyPair", name: "alice", inputs: { name } }];
}

/** The scenarios of a stack with so many machines. */
export const scenarios = (machines: number): readonly Scenario[] => [
  { name: `create ${machines}`, before: [], program: shop(1, machines) },
  { name: `replace ${machines}`, before: [shop(1, machines)], program: shop(2, machines) },
  { name: `destroy ${machines}`, before: [shop(1, machines)], program: [] },
  { name: `rotate ${machines}`, before: [fleet(1, machines)], program: fleet(2, machines) },
  { name: `offboard ${machines}`, before: [fleet(1, machines, ["alice", "bob"])], program: fleet(1, machines) },
];

/** Scenarios of single resources, and of other lives of machines. */
export const otherLives = (machines: number): readonly Scenario[] => [
  {
    name: `add a key ${machines}`,
    before: [keyLists(machines, ["alice"])],
    program: keyLists(machines, ["alice", "bob"]),
  },
  {
    name: `take a key ${machines}`,
    before: [keyLists(machines, ["alice", "bob"])],
    program: keyLists(machines, ["alice"]),
  },
  { name: `delete and warn ${machines}`, before: [kept(machines, "warn")], program: kept(machines, undefined) },
  { name: `grant ${machines}`, before: [granted(machines, undefined)], program: granted(machines, bastionKeys[0]) },
  {
    name: `change a grant ${machines}`,
    before: [granted(machines, bastionKeys[0])],
    program: granted(machines, bastionKeys[1]),
  },
  {
    name: `limit a grant ${machines}`,
    before: [granted(machines, bastionKeys[0])],
    program: granted(machines, bastionKeys[0], ["restrict"]),
  },
  {
    name: `take a grant ${machines}`,
    before: [granted(machines, bastionKeys[0])],
    program: granted(machines, undefined),
  },
  { name: `create ${machines} beside`, before: [], program: shop(1, machines), beside: shop(1, machines) },
  {
    name: `replace ${machines} beside`,
    before: [shop(1, machines)],
    program: shop(2, machines),
    beside: shop(1, machines),
  },
  {
    name: `rotate ${machines} beside`,
    before: [fleet(1, machines)],
    program: fleet(2, machines),
    beside: fleet(1, machines),
  },
  { name: "create groups", before: [], program: groups("shop", [22]) },
  { name: "change rules", before: [groups("shop", [22, 80])], program: groups("shop", [443, 22]) },
  { name: "rename groups", before: [groups("shop", [22])], program: groups("store", [22]) },
  { name: "create a named pair", before: [], program: namedPair("alice") },
  { name: "create a key file", before: [], program: inFile(1, "keys/one") },
  { name: "move a key file", before: [inFile(1, "keys/one")], program: inFile(1, "keys/two") },
  { name: "rotate a key file", before: [inFile(1, "keys/one")], program: inFile(2, "keys/two") },
  { name: "rename a pair", before: [inFile(1, "keys/one", "first")], program: inFile(1, "keys/two", "second") },
];
