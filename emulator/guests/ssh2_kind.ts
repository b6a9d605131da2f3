/** Guests whose SSH server runs in this process (npm ssh2): no root, no sshd, a few milliseconds each. */
import { rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readWhole, writeWhole } from "../state_directory";
import { type Confinement, PlainConfinement } from "./confinement";
import type { Guest, GuestKind, GuestSpec } from "./guest";
import { NamespaceConfinement } from "./namespace";
import { furnish, type HostKeyPair, makeHostKey, own, type Place, placeOf } from "./place";
import { type ClosedPort, Ssh2Guest } from "./ssh2_guest";

/** What all guests of this kind share. */
export interface Ssh2KindOptions {
  /** The port that each listens on, on its own address. */
  readonly port: number;
  /** What a connection meets that no security group lets in; asked for each. */
  readonly closedPort: () => ClosedPort;
  /** Where guests outlive this process, and which instances there are. Undefined: nothing is kept. */
  readonly kept: { readonly directory: string; readonly ids: ReadonlySet<string> } | undefined;
}

/** What is kept of a guest beside its own directory. */
interface SavedGuest {
  /** By which it has its owner, when this process is root. */
  readonly number: number;
  /** The instance's name at its creation. */
  readonly hostname: string;
  readonly hostKey: HostKeyPair;
}

/** The first of the owners given to guests when this process is root: above people's ids, below 65536. */
const FIRST_OWNER = 64_000;
const OWNERS = 1_000;

/** Makes guests below one private directory, which `close` removes unless it is to be kept. */
export class Ssh2Kind implements GuestKind {
  readonly keepsGuests: boolean;
  #count = 0;
  #confine: Promise<(place: Place) => Confinement> | undefined;

  /** For a program that exits without closing. */
  readonly #removeAll = () => rmSync(this.root, { recursive: true, force: true });

  private constructor(
    readonly root: string,
    readonly options: Ssh2KindOptions,
  ) {
    this.keepsGuests = options.kept !== undefined;
    if (!this.keepsGuests) process.once("exit", this.#removeAll);
  }

  /** Makes the directory, or opens the one that is kept. */
  static async open(options: Ssh2KindOptions): Promise<Ssh2Kind> {
    const { kept } = options;
    const root = kept?.directory ?? (await mkdtemp(join(tmpdir(), "exoscale-emulator-")));
    if (kept) await tidy(kept.directory, kept.ids);
    // Guests of a root process have other owners, who must get through to their own directories, which are 0700.
    if (isRoot()) await chmod(root, 0o711);
    if (isRoot() && kept) await letOwnersIn(root);
    return new Ssh2Kind(root, options);
  }

  async create(spec: GuestSpec): Promise<Guest> {
    const saved = this.keepsGuests ? readWhole<SavedGuest>(this.#file(spec)) : undefined;
    return saved ? this.#resume(spec, saved) : this.#make(spec);
  }

  async close(): Promise<void> {
    await this.#confine?.catch(() => undefined);
    if (this.keepsGuests) return;
    await rm(this.root, { recursive: true, force: true });
    process.removeListener("exit", this.#removeAll);
  }

  /** Makes the files of a new guest; what is kept outside them is written last, hence says that they are whole. */
  async #make(spec: GuestSpec): Promise<Guest> {
    this.#count += 1;
    const number = this.#count;
    const place = this.#place(spec, number);
    if (this.keepsGuests) await rm(place.root, { recursive: true, force: true });
    const made = Promise.all([makeHostKey(), furnish(place, spec.publicKeys)]);
    const [confine, [hostKey]] = await Promise.all([this.#confinement(), made]);
    const saved: SavedGuest = { number, hostname: spec.hostname, hostKey };
    if (this.keepsGuests) writeWhole(this.#file(spec), saved);
    return this.#guest(spec, place, hostKey, confine);
  }

  /** Takes the files as the guest left them. */
  async #resume(spec: GuestSpec, { number, hostname, hostKey }: SavedGuest): Promise<Guest> {
    this.#count = Math.max(this.#count, number);
    const place = this.#place({ ...spec, hostname }, number);
    await own(place);
    return this.#guest(spec, place, hostKey, await this.#confinement());
  }

  #place(spec: GuestSpec, number: number): Place {
    return placeOf(spec, join(this.root, spec.id), isRoot() ? FIRST_OWNER + (number % OWNERS) : undefined);
  }

  #guest(spec: GuestSpec, place: Place, hostKey: HostKeyPair, confine: (place: Place) => Confinement): Guest {
    const forget = () => rm(this.#file(spec), { force: true });
    return new Ssh2Guest({ spec, place, hostKey, confinement: confine(place), forget, ...this.options });
  }

  /** Outside the guest's own directory, which its commands can write. */
  #file({ id }: GuestSpec): string {
    return join(this.root, `${id}.json`);
  }

  #confinement(): Promise<(place: Place) => Confinement> {
    this.#confine ??= this.#chooseConfinement();
    return this.#confine;
  }

  /** Tries a namespace with everything that a command needs; what cannot be had is done without. */
  async #chooseConfinement(): Promise<(place: Place) => Confinement> {
    const place: Place = {
      root: join(this.root, "probe"),
      hostname: "probe",
      user: "probe",
      owner: isRoot() ? FIRST_OWNER : undefined,
    };
    await furnish(place, []);
    const probe = new NamespaceConfinement(place);
    const isPossible = process.platform === "linux" && (await succeeds(probe));
    await probe.end();
    return isPossible ? (own) => new NamespaceConfinement(own) : (own) => new PlainConfinement(own);
  }
}

async function succeeds(confinement: Confinement): Promise<boolean> {
  try {
    const child = await confinement.run({ user: "probe", shell: ["-c", "exit 42"], environment: {} });
    return await new Promise((resolve) => {
      child.once("close", (code) => resolve(code === 42));
      child.once("error", () => resolve(false));
    });
  } catch {
    return false;
  }
}

/** Removes what a killed process left of guests that are no more, and nothing that is not a guest's. */
async function tidy(directory: string, ids: ReadonlySet<string>): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const guests = /^([0-9a-f-]{36}(\.json(\.new)?)?|probe)$/;
  const gone = (await readdir(directory)).filter((name) => guests.test(name) && !ids.has(name.slice(0, 36)));
  await Promise.all(gone.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}

/** Opens a kept directory to guests' owners. @throws when one above is closed to them, which is the user's to open */
async function letOwnersIn(root: string): Promise<void> {
  const state = dirname(root);
  await chmod(state, 0o711);
  for (let above = dirname(state); above !== dirname(above); above = dirname(above)) {
    if ((await stat(above)).mode & 0o001) continue;
    throw new Error(
      `Started by root, guests run as unprivileged users, who cannot get through ${above} to ${state}. ` +
        "Name a directory elsewhere, or start the emulator as another user.",
    );
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
