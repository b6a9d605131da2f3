/** Admin controls of the emulated cloud, for changes that do not come from the program under test. */
import { join } from "node:path";
import { opensSsh, SSH_PORT } from "./api/firewall";
import { instanceBody } from "./api/instance_body";
import { refillPool } from "./api/instance_pools";
import type { InstanceRecord, KeyRecord, SecurityGroupRecord } from "./api/records";
import { keyRecord } from "./api/ssh_keys";
import type { World, Zone } from "./api/world";
import type { Ended } from "./guests/command_result";
import type { Guest } from "./guests/guest";
import { readGuestFile, replaceGuestFile } from "./guests/guest_files";
import { authorizedKeysFiles } from "./guests/place";
import type { Settings } from "./settings";

/** One guest: its address, its host keys, and its files on the real file system. */
export interface GuestAdmin {
  readonly address: string;
  readonly port: number;
  /** The template's default user. */
  readonly user: string;
  /** The first of its host keys, `ssh-ed25519 AAAA...` unless the emulator's option `hostKeys` names another kind. */
  readonly hostKey: string;
  /** All of its host keys. */
  readonly hostKeys: readonly string[];
  /** The directory on the real file system that contains all files of the guest. */
  readonly root: string;
  /** An account's home directory on the real file system. Default: that of the default user. */
  home(user?: string): string;
  /** The text of an account's authorized_keys; empty when there is no such file. @throws when it is a link */
  authorizedKeys(user?: string): Promise<string>;
  /**
   * Replaces an account's authorized_keys, with mode 0600.
   *
   * @throws when `.ssh` is a link that leads out of the guest
   */
  writeAuthorizedKeys(text: string, user?: string): Promise<void>;
  /**
   * Runs a /bin/sh script as the guest's root, as on a console: without SSH and without a key.
   *
   * @param input the script's standard input. Default: empty
   * @throws when the instance does not run
   */
  asRoot(script: string, input?: string): Promise<Ended>;
}

/** Each change takes effect at once, without an operation. No request is recorded. */
export class AdminControls {
  readonly #world: World;

  /** @internal */
  constructor(world: World) {
    this.#world = world;
  }

  /** The settings in force. */
  get settings(): Settings {
    return this.#world.settings;
  }

  /** Changes these settings and keeps the others. */
  set(settings: Partial<Settings>): void {
    this.#world.settings = { ...this.#world.settings, ...settings };
  }

  /** Changes how many milliseconds the next operations take. */
  setOperationMs(ms: number): void {
    this.#world.operationMs = ms;
  }

  /** The registered keys, with their public keys, which the API never shows. */
  get keys(): KeyRecord[] {
    return [...this.#world.keys.values()];
  }

  /** Registers a key. A key that has the name already is replaced, as somebody else might do. */
  swapKey(name: string, publicKey: string): void {
    this.#world.keys.delete(name);
    this.#world.keys.set(name, keyRecord(this.#world, name, publicKey));
    this.#world.save();
  }

  /** Deletes a key from the account. Guests keep it, as after every deletion. */
  removeKey(name: string): void {
    this.#world.keys.delete(name);
    this.#world.save();
  }

  /** The instances of one zone, or of all, as the API shows them. */
  instances(zone?: string): Record<string, unknown>[] {
    const zones = this.#world.zones.filter(({ name }) => zone === undefined || name === zone);
    return zones.flatMap((each) => [...each.instances.values()].map((instance) => instanceBody(this.#world, instance)));
  }

  /** Renames an instance. */
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
   * Puts an instance pool under an SKS nodepool, which Exoscale manages for a Kubernetes cluster.
   *
   * @returns the nodepool's id, which is then in the pool's `manager`
   */
  giveToNodepool(poolId: string): string {
    const pool = this.#world.zones.flatMap((zone) => zone.pools.get(poolId) ?? [])[0];
    if (!pool) throw new Error(`There is no instance pool ${poolId}`);
    pool.manager = { type: "sks-nodepool", id: crypto.randomUUID() };
    this.#world.save();
    return pool.manager.id;
  }

  /** Gives the next instance this address, so that another host answers at a known address. */
  reuseAddress(address: string): void {
    this.#world.addresses.reuse(address);
  }

  /** The names of the security groups. */
  get groups(): string[] {
    return [...this.#world.securityGroups.values()].map(({ name }) => name);
  }

  /** Adds a rule to the group of this name: TCP 22 is open from everywhere. */
  openSsh(group = "default"): void {
    const found = this.#group(group);
    const ports = { "start-port": 22, "end-port": 22 };
    const id = crypto.randomUUID();
    found.rules = [
      ...found.rules,
      { id, "flow-direction": "ingress", protocol: "tcp", network: "0.0.0.0/0", ...ports },
    ];
    this.#world.save();
  }

  /** Removes the rules of the group of this name that open TCP 22. @returns how many */
  closeSsh(group = "default"): number {
    const found = this.#group(group);
    const before = found.rules.length;
    found.rules = found.rules.filter((rule) => !opensSsh(rule, SSH_PORT));
    this.#world.save();
    return before - found.rules.length;
  }

  /** The guest of an instance. @throws when the emulator has no guests (`guests: "none"`) */
  async guest(instanceId: string): Promise<GuestAdmin> {
    const guest = await this.#world.guest(instanceId);
    return guestAdmin(guest, await guest.hostKeys());
  }

  #group(name: string): SecurityGroupRecord {
    const found = [...this.#world.securityGroups.values()].find((group) => group.name === name);
    if (found) return found;
    throw new Error(`There is no security group "${name}". There are: ${this.groups.join(", ")}`);
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
