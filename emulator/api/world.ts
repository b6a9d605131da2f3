/** The state of one organisation and of its zones. */

import { Addresses } from "../guests/addresses";
import type { Guest, GuestKind } from "../guests/guest";
import { Machine } from "../machine";
import type { Settings } from "../settings";
import { stableId, templatesOf } from "./catalogue";
import { notFound } from "./errors";
import { allowsSsh, type FirewallState } from "./firewall";
import { Operations } from "./operations";
import { RateLimit } from "./rate_limit";
import type {
  AntiAffinityGroupRecord,
  InstanceRecord,
  KeyRecord,
  PoolRecord,
  SecurityGroupRecord,
  TemplateRecord,
} from "./records";

/** The state of one zone. */
export class Zone {
  readonly instances = new Map<string, InstanceRecord>();
  readonly pools = new Map<string, PoolRecord>();
  readonly templates: ReadonlyMap<string, TemplateRecord>;
  /** `http://127.0.0.1:<port>/v2`, known once the zone listens. */
  endpoint = "";

  constructor(readonly name: string) {
    this.templates = new Map(templatesOf(name).map((template) => [template.id, template]));
  }

  /** The instance of this id. @throws ApiError 404 */
  instance(id: string): InstanceRecord {
    return lookUp(this.instances, id, "Instance");
  }
}

/** The options of a world. */
export interface WorldOptions {
  readonly zones: readonly string[];
  readonly operationMs: number;
  readonly settings: Settings;
  readonly sshPort: number;
  /** Undefined: instances have no guests. */
  readonly guests: GuestKind | undefined;
}

/** Keys and groups belong to the organisation and are the same in every zone. Instances and pools belong to a zone. */
export class World {
  readonly zones: readonly Zone[];
  readonly keys = new Map<string, KeyRecord>();
  readonly securityGroups = new Map<string, SecurityGroupRecord>();
  readonly antiAffinityGroups = new Map<string, AntiAffinityGroupRecord>();
  readonly addresses = new Addresses();
  readonly operations: Operations;
  readonly rateLimit = new RateLimit();
  /** The settings in force. A test may change them at any time. */
  settings: Settings;
  /** Milliseconds that new operations stay pending. */
  operationMs: number;
  /** Writes the state to disk when there is a `stateDir`. @throws when that fails */
  save: () => void = () => undefined;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.settings = options.settings;
    this.operationMs = options.operationMs;
    this.operations = new Operations(
      () => this.operationMs,
      () => this.#saveUnattended(),
    );
    this.zones = options.zones.map((name) => new Zone(name));
    const id = stableId("security-group default");
    this.securityGroups.set(id, { id, name: "default", description: "Default Security Group", rules: [] });
  }

  /** Every instance of every zone. */
  get instances(): InstanceRecord[] {
    return this.zones.flatMap((zone) => [...zone.instances.values()]);
  }

  /** Makes the machine of a new instance. Its public keys never change. */
  machineFor(
    id: string,
    spec: {
      hostname: string;
      user: string;
      publicKeys: readonly string[];
      address: string;
      userData?: string | undefined;
    },
  ): Machine {
    const admits = (remoteAddress: string) => allowsSsh(this.#firewall(), id, remoteAddress);
    return new Machine(async () => this.#options.guests?.create({ id, ...spec, admits }));
  }

  /** The guest of an instance, once it is created. @throws when the instance is unknown or has no guest */
  async guest(instanceId: string): Promise<Guest> {
    const instance = this.instances.find(({ id }) => id === instanceId);
    if (!instance) throw new Error(`There is no instance ${instanceId}`);
    const guest = await instance.machine.guest();
    if (!guest) throw new Error("Instances have no guests in this emulator");
    return guest;
  }

  /** Ends every operation. Guests are stopped when they are kept, and destroyed otherwise. */
  async close(): Promise<void> {
    await this.operations.close();
    const { guests } = this.#options;
    await Promise.all(this.instances.map(({ machine }) => (guests?.keepsGuests ? machine.end() : machine.destroy())));
    await guests?.close();
  }

  #firewall(): FirewallState {
    const { instances, securityGroups: groups, settings } = this;
    return { instances, groups, clientAddress: settings.clientAddress, sshPort: this.#options.sshPort };
  }

  #saveUnattended(): void {
    try {
      this.save();
    } catch {
      // Nobody could handle an error here. The next request saves again and reports it, and so does `close`.
    }
  }
}

/** The entry of this id. @throws ApiError 404 that names what was not found */
export function lookUp<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const entry = map.get(id);
  if (entry === undefined) throw notFound(what);
  return entry;
}
