/** What a person can do by hand to a running emulator, in another shell: `pulumi-exoscale-ssh emulator stop web`. */
import type { AdminControls } from "./admin_controls";

/** One command. */
interface HandCommand {
  /** What it is about, for the help. */
  readonly argument: string;
  /** What it does, for the help. */
  readonly help: string;
  /** @returns what was done, in a sentence. @throws when there is no such machine, group or key */
  run(cloud: AdminControls, argument: string): Promise<string>;
}

const commands: Readonly<Record<string, HandCommand>> = {
  list: {
    argument: "",
    help: "the machines, keys and security groups",
    run: async (cloud) => listing(cloud),
  },
  stop: {
    argument: "MACHINE",
    help: "stop a machine, by its name or id",
    run: async (cloud, name) => {
      await cloud.stopInstance(idOf(cloud, name));
      return `${name} is stopped.`;
    },
  },
  start: {
    argument: "MACHINE",
    help: "start it",
    run: async (cloud, name) => {
      await cloud.startInstance(idOf(cloud, name));
      return `${name} runs.`;
    },
  },
  destroy: {
    argument: "MACHINE",
    help: "destroy it",
    run: async (cloud, name) => {
      await cloud.destroyInstance(idOf(cloud, name));
      return `${name} is gone.`;
    },
  },
  "close-ssh": {
    argument: "GROUP",
    help: "remove the rules of a security group that open TCP 22",
    run: async (cloud, group) => {
      const removed = cloud.closeSsh(group);
      return `${removed === 1 ? "1 rule is" : `${removed} rules are`} removed from ${group}.`;
    },
  },
  "open-ssh": {
    argument: "GROUP",
    help: "add a rule that opens TCP 22 from everywhere",
    run: async (cloud, group) => {
      cloud.openSsh(group);
      return `${group} opens TCP 22.`;
    },
  },
  "delete-key": {
    argument: "KEY",
    help: "delete an SSH key from the account",
    run: async (cloud, name) => {
      const names = cloud.keys.map((key) => key.name);
      if (!names.includes(name)) throw new Error(`There is no SSH key "${name}". ${known(names)}`);
      cloud.removeKey(name);
      return `${name} is deleted from the account. The machines that have it keep it.`;
    },
  },
};

/** A command that does not exist, or lacks what it is about. */
export class HandCommandError extends Error {}

/** @returns what was done. @throws HandCommandError for a wrong command, or when there is no such machine, group or key */
export async function runByHand(cloud: AdminControls, words: readonly string[]): Promise<string> {
  checkByHand(words);
  const [name = "", argument = ""] = words;
  return (await commands[name]?.run(cloud, argument)) ?? "";
}

/** @throws HandCommandError for a wrong command */
export function checkByHand([name = "", ...more]: readonly string[]): void {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new HandCommandError(`unknown command "emulator ${[name, ...more].join(" ")}"`);
  if (more.length === (command.argument === "" ? 0 : 1)) return;
  throw new HandCommandError(`say: emulator ${`${name} ${command.argument}`.trim()}`);
}

/** A line for each command. */
export function handCommandsHelp(): string {
  const lines = Object.entries(commands).map(
    ([name, { argument, help }]) => `  ${`${name} ${argument}`.padEnd(17)} ${help}`,
  );
  return `${lines.join("\n")}\n`;
}

function idOf(cloud: AdminControls, name: string): string {
  const instances = cloud.instances();
  const found = instances.find((instance) => [instance["id"], instance["name"]].includes(name));
  if (found) return String(found["id"]);
  throw new Error(`There is no machine "${name}". ${known(instances.map((instance) => String(instance["name"])))}`);
}

const known = (names: readonly string[]) => (names.length > 0 ? `There are: ${names.join(", ")}` : "There is none.");

function listing(cloud: AdminControls): string {
  const machines = cloud
    .instances()
    .map((instance) => `machine ${instance["name"]} ${instance["state"]} ${instance["public-ip"] ?? "private"}`);
  const keys = cloud.keys.map(({ name }) => `key ${name}`);
  return [...machines, ...keys, ...cloud.groups.map((name) => `group ${name}`)].join("\n");
}
