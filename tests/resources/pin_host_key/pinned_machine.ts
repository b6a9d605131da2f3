/** A machine whose host key is pinned at its creation, and what tests read of it. */
import { resources } from "../../../provider/resources";
import { injectedKeyIn } from "../../../provider/resources/instance/pin_host_key/injection";
import type { Exchange } from "../../emulated";
import { identity } from "../known_machine";
import { newPair, opened, type Pair } from "../machines_with_keys";
import type { TestCloud } from "../world";

const { Instance } = resources;

/** The inputs of a machine that a pair opens, with `pinHostKey`. */
export const pinned = (pair: Pair, more: object = {}) => ({
  ...opened(pair),
  waitForSsh: false,
  pinHostKey: true,
  identity,
  ...more,
});

/** Observes requests to and answers of the API, as the emulator's option `exchange`. */
export class Wire {
  /** One line of each private key that was in user data. */
  readonly keys = new Set<string>();
  #awaited: { name: string; resolve: () => void } | undefined;

  readonly observe = ({ sent, answered }: Pick<Exchange, "sent" | "answered">): void => {
    const userData = /"user-data":"([^"]*)"/.exec(sent)?.[1];
    const line = injectedKeyIn(userData)?.privateKey.split("\n")[2];
    if (line !== undefined) this.keys.add(line);
    const { name, state } = answered === "" ? {} : JSON.parse(answered);
    if (name === this.#awaited?.name && state === "running") this.#awaited?.resolve();
  };

  /** Resolves when the API says that the instance of this name runs. */
  running(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { name, resolve };
    });
  }
}

/** Makes a pair and a machine that it opens. */
export async function makePinned(cloud: TestCloud, more: object = {}) {
  const pair = await newPair(cloud.run());
  const run = cloud.run();
  return { pair, run, web: await run.create(Instance, pinned(pair, more)) };
}

/** The user data of the only instance, as text. */
export const userDataOf = (cloud: TestCloud) =>
  Buffer.from(String(cloud.instance()["user-data"] ?? ""), "base64").toString();

/** The host keys that the only instance shows. */
export const shownBy = async (cloud: TestCloud) =>
  (await cloud.emulator.cloud.guest(String(cloud.instance()["id"]))).hostKeys;
