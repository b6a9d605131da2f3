// The floor without an engine: the requests that the changes need, sent by a few workers.
import { newPublicKey } from "../public_key.mjs";

/** @typedef {import("./bare_client.mjs").BareClient} BareClient */

/** Does what bench/program declares, with as few requests as the API allows. */
export class BareLoop {
  /** @type {string[]} */
  #instances = [];

  /**
   * @param {BareClient} client
   * @param {{ pairs: number, instances?: number }} program each instance has its own pair
   * @param {number} workers how many changes run at once
   */
  constructor(client, { pairs, instances = 0 }, workers) {
    this.client = client;
    this.instances = instances;
    this.workers = workers;
    // Made before the time is taken: the engine's floor has no keys either.
    this.keys = Array.from({ length: pairs }, (_, index) => ({ name: `bare-${index}`, "public-key": newPublicKey() }));
  }

  /** Registers the keys, and creates each instance as soon as its key is registered. */
  async up() {
    const order = this.instances > 0 ? await this.#prepareInstances() : {};
    await this.#each(this.keys, async (key, index) => {
      await this.client.change("POST", "/ssh-key", key);
      if (index >= this.instances) return;
      const id = await this.client.change("POST", "/instance", {
        ...order,
        name: key.name,
        "ssh-keys": [{ name: key.name }],
      });
      this.#instances[index] = id;
      // Its address, which no answer to a change contains.
      await this.client.send("GET", `/instance/${id}`);
    });
  }

  /** Lists what there is. */
  async refresh() {
    await this.client.send("GET", "/ssh-key");
    if (this.instances > 0) await this.client.send("GET", "/instance");
  }

  /** Deletes each key as soon as its instance is gone. */
  async destroy() {
    await this.#each(this.keys, async ({ name }, index) => {
      const instance = this.#instances[index];
      if (instance) await this.client.change("DELETE", `/instance/${instance}`);
      await this.client.change("DELETE", `/ssh-key/${name}`);
    });
    this.#instances = [];
  }

  /** @returns {Promise<object>} what all instances have in common */
  async #prepareInstances() {
    const { "instance-types": types } = await this.client.send("GET", "/instance-type");
    const { templates } = await this.client.send("GET", "/template");
    const type = types.find((/** @type {any} */ each) => each.family === "standard" && each.size === "tiny");
    const template = templates.find((/** @type {any} */ each) => each.name.startsWith("Linux Debian 13"));
    return { "instance-type": { id: type.id }, template: { id: template.id }, "disk-size": 10 };
  }

  /**
   * @template Item
   * @param {Item[]} items @param {(item: Item, index: number) => Promise<void>} work
   */
  async #each(items, work) {
    const queue = items.entries();
    const worker = async () => {
      for (const [index, item] of queue) await work(item, index);
    };
    await Promise.all(Array.from({ length: this.workers }, worker));
  }
}
