/** Creates guests of one kind, each with files, ids and host keys of its own. */
import { randomInt } from "node:crypto";
import { hostKeysIn } from "./cloud_init";
import type { Guest, GuestKind, GuestSpec } from "./guest";
import type { GuestBackend } from "./guest_backend";
import { type GuestDirectory, isRoot } from "./guest_directory";
import { type HostKeyKind, type HostKeyPair, makeHostKey } from "./host_keys";
import { type ClosedPort, ListeningGuest } from "./listening_guest";
import { type Place, placeOf } from "./place";

/** The options of all guests of an emulator. */
export interface GuestsOptions {
  /** The port of every guest, each on its own address. */
  readonly port: number;
  /** What happens to a connection that no security group allows. Called for each such connection. */
  readonly closedPort: () => ClosedPort;
  /** The kinds of host keys of new guests; undefined: the default of the backend. */
  readonly hostKeys: readonly HostKeyKind[] | undefined;
}

/** What is saved of a guest outside its own directory. */
interface SavedGuest {
  readonly kind: GuestBackend["name"];
  /** The block of user ids that own its files, when this process is root. */
  readonly block: number;
  /** The instance's name at its creation. */
  readonly hostname: string;
  readonly hostKeys: readonly HostKeyPair[];
}

/** The guests of one emulator. */
export class Guests implements GuestKind {
  readonly #taken = new Set<number>();
  #block: number;

  constructor(
    readonly backend: GuestBackend,
    readonly directory: GuestDirectory,
    readonly options: GuestsOptions,
  ) {
    // A random start, so that guests of two emulators hardly ever have the same ids.
    this.#block = randomInt(backend.owners.blocks);
  }

  get keepsGuests(): boolean {
    return this.directory.isKept;
  }

  /** @throws when its kept files are damaged, or belong to another kind of guest */
  async create(spec: GuestSpec): Promise<Guest> {
    const saved = this.directory.saved<SavedGuest>(spec.id);
    return saved ? this.#resume(spec, saved) : this.#make(spec);
  }

  close(): Promise<void> {
    return this.directory.close();
  }

  /** Creates the files of a new guest. It is saved last, which marks its files as complete. */
  async #make(spec: GuestSpec): Promise<Guest> {
    const block = this.#nextBlock();
    const place = this.#place(spec, block);
    await this.directory.clear(spec.id);
    const kinds = this.options.hostKeys ?? this.backend.hostKeys;
    const hostKeys = hostKeysIn(spec.userData) ?? (await Promise.all(kinds.map(makeHostKey)));
    await this.backend.createRootFs(place, spec.publicKeys, hostKeys);
    const saved: SavedGuest = { kind: this.backend.name, block, hostname: spec.hostname, hostKeys };
    this.directory.save(spec.id, saved);
    return this.#guest(spec, place, saved);
  }

  /** Takes the files of an earlier run. */
  async #resume(spec: GuestSpec, saved: SavedGuest): Promise<Guest> {
    const { name } = this.backend;
    if (saved.kind !== name) {
      throw new Error(
        `Instance ${spec.hostname} was made with guests: "${saved.kind}", which "${name}" cannot run. ` +
          `Start with guests: "${saved.kind}" (--guests ${saved.kind}), or use another directory.`,
      );
    }
    this.#taken.add(saved.block);
    const place = this.#place({ ...spec, hostname: saved.hostname }, saved.block);
    await this.backend.restoreOwner(place);
    return this.#guest(spec, place, saved);
  }

  async #guest(spec: GuestSpec, place: Place, saved: SavedGuest): Promise<Guest> {
    const { hostKeys } = saved;
    const forget = () => {
      this.#taken.delete(saved.block);
      return this.directory.forget(spec.id);
    };
    const renewHostKeys = async () => {
      const next = await Promise.all(hostKeys.map(({ kind }) => makeHostKey(kind)));
      this.directory.save(spec.id, { ...saved, hostKeys: next });
      return next;
    };
    const service = await this.backend.service(place, hostKeys);
    return new ListeningGuest({ spec, place, service, forget, renewHostKeys, ...this.options });
  }

  #place(spec: GuestSpec, block: number): Place {
    const { first, each } = this.backend.owners;
    return placeOf(spec, this.directory.of(spec.id), isRoot() ? first + block * each : undefined);
  }

  #nextBlock(): number {
    const { blocks } = this.backend.owners;
    do this.#block = (this.#block + 1) % blocks;
    while (this.#taken.has(this.#block) && this.#taken.size < blocks);
    this.#taken.add(this.#block);
    return this.#block;
  }
}
