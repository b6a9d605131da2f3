/** A direct hand on the emulated cloud, for what happens behind a program's back. */
import { join } from "node:path";
import { instanceBody } from "./api/instance_body";
import { refillPool } from "./api/instance_pools";
import type { InstanceRecord, KeyRecord } from "./api/records";
import { keyRecord } from "./api/ssh_keys";
import type { World, Zone } from "./api/world";
import type { Ended } from "./guests/command_result";
import type { Guest } from "./guests/guest";
import { readGuestFile, replaceGuestFile } from "./guests/guest_files";
import { authorizedKeysFiles } from "./guests/place";
import type { Settings } from "./settings";

/** An instance's inside, seen from the real file system. */
export interface GuestAdmin {
  readonly address: string;
  readonly port: number;
  /** The template's default user. */
  readonly user: string;
  /** The first of its host keys, `ssh-ed25519 AAAA...` unless the emulator was told otherwise. */
  readonly hostKey: string;
  /** All of its host keys. */
  readonly hostKeys: readonly string[];
  /** The real directory that has all files of the guest. */
  readonly root: string;
  /** The real directory that is this account's home; the default user's when none is named. */
  home(user?: string): string;
  /** The text of an account's authorized_keys; empty when there is no such file. @throws when a link is in its place */
  authorizedKeys(user?: string): Promise<string>;
  /** Puts a file with this text in its place, 0600, for the account. @throws when `.ssh` is a link out of the guest */
  writeAuthorizedKeys(text: string, user?: string): Promise<void>;
  /**
   * Runs a script of /bin/sh as the guest's root, as on a console: without SSH, whoever may log in.
   *
   * @param input its standard input; empty when nothing is said
   * @throws when the instance does not run
   */
  asRoot(script: string, input?: string): Promise<Ended>;
}

/** Acts at once and without operations; nothing of it appears among the recorded requests. */
export class AdminControls {
  readonly #world: World;

  /** @internal */
  constructor(world: World) {
    this.#world = world;
  }

  /** The switches for unknown behaviours. */
  get settings(): Settings {
    return this.#world.settings;
  }

  /** Changes switches from now on. */
  set(settings: Partial<Settings>): void {
    this.#world.settings = { ...this.#world.settings, ...settings };
  }

  /** Changes how many milliseconds operations take from now on. */
  setOperationMs(ms: number): void {
    this.#world.operationMs = ms;
  }

  /** The registered keys, with their public halves, which the API never shows. */
  get keys(): KeyRecord[] {
    return [...this.#world.keys.values()];
  }

  /** Registers a key, or puts another one under a name that exists, as somebody else might. */
  swapKey(name: string, publicKey: string): void {
    this.#world.keys.delete(name);
    this.#world.keys.set(name, keyRecord(this.#world, name, publicKey));
    this.#world.save();
  }

  /** Deletes a key from the account. Like every deletion it leaves the guests alone. */
  removeKey(name: string): void {
    this.#world.keys.delete(name);
    this.#world.save();
  }

  /** The instances of one zone, or of all, as the API shows them. */
  instances(zone?: string): Record<string, unknown>[] {
    const zones = this.#world.zones.filter(({ name }) => zone === undefined || name === zone);
    return zones.flatMap((each) => [...each.instances.values()].map((instance) => instanceBody(this.#world, instance)));
  }

  /** Gives an instance another name. */
  renameInstance(id: string, name: string): void {
    this.#locate(id).instance.name = name;
    this.#world.save();
  }

  /** Replaces an instance's labels. */
  labelInstance(id: string, labels: Record<string, string>): void {
    this.#locate(id).instance.labels = labels;
    this.#world.save();
  }

  /** Stops an instance; resolves when its guest is down. */
  async stopInstance(id: string): Promise<void> {
    const { instance } = this.#locate(id);
    await instance.machine.stop();
    instance.state = "stopped";
    this.#world.save();
  }

  /** Starts an instance; resolves when its guest listens. */
  async startInstance(id: string): Promise<void> {
    const { instance } = this.#locate(id);
    await instance.machine.start();
    instance.state = "running";
    this.#world.save();
  }

  /** Destroys an instance; resolves when nothing of it is left. A pool makes a new member in its place. */
  async destroyInstance(id: string): Promise<void> {
    const { zone, instance } = this.#locate(id);
    instance.state = "destroying";
    await instance.machine.destroy();
    zone.instances.delete(id);
    refillPool(this.#world, zone, instance.manager?.id);
    this.#world.save();
  }

  /**
   * Makes an instance pool the one of an SKS nodepool, which Exoscale keeps for a Kubernetes cluster and which nobody
   * else should change. @returns the nodepool's id, which the pool's `manager` has
   */
  giveToNodepool(poolId: string): string {
    const pool = this.#world.zones.flatMap((zone) => zone.pools.get(poolId) ?? [])[0];
    if (!pool) throw new Error(`There is no instance pool ${poolId}`);
    pool.manager = { type: "sks-nodepool", id: crypto.randomUUID() };
    this.#world.save();
    return pool.manager.id;
  }

  /** Makes the next instance take this address, so that another host answers where one was known before. */
  reuseAddress(address: string): void {
    this.#world.addresses.reuse(address);
  }

  /** Lets connections to TCP 22 in, from everywhere, for the group of this name. */
  openSsh(group = "default"): void {
    const found = [...this.#world.securityGroups.values()].find(({ name }) => name === group);
    if (!found) throw new Error(`There is no security group ${group}`);
    const ports = { "start-port": 22, "end-port": 22 };
    const id = crypto.randomUUID();
    found.rules = [
      ...found.rules,
      { id, "flow-direction": "ingress", protocol: "tcp", network: "0.0.0.0/0", ...ports },
    ];
    this.#world.save();
  }

  /** The inside of an instance. @throws when it has none, with `guests: "none"` */
  async guest(instanceId: string): Promise<GuestAdmin> {
    const guest = await this.#world.guest(instanceId);
    return guestAdmin(guest, await guest.hostKeys());
  }

  #locate(id: string): { zone: Zone; instance: InstanceRecord } {
    for (const zone of this.#world.zones) {
      const instance = zone.instances.get(id);
      if (instance) return { zone, instance };
    }
    throw new Error(`There is no instance ${id}`);
  }
}

function guestAdmin(guest: Guest, hostKeys: readonly string[]): GuestAdmin {
  const { user: defaultUser } = guest.spec;
  const file = (user: string) => join(guest.home(user), authorizedKeysFiles[0]);
  return {
    address: guest.address,
    port: guest.port,
    user: defaultUser,
    hostKey: hostKeys[0] ?? "",
    hostKeys,
    root: guest.root,
    home: (user = defaultUser) => guest.home(user),
    authorizedKeys: (user = defaultUser) => readGuestFile(guest.root, file(user)),
    writeAuthorizedKeys: (text, user = defaultUser) => replaceGuestFile(guest.root, file(user), text),
    asRoot: (script, input = "") => guest.asRoot(script, input),
  };
}
