/** Guests whose SSH server runs in this process (npm ssh2): no root, no sshd, a few milliseconds each. */
import { rmSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Confinement, PlainConfinement } from "./confinement";
import type { Guest, GuestKind, GuestSpec } from "./guest";
import { NamespaceConfinement } from "./namespace";
import { furnish, makeHostKey, type Place, placeOf } from "./place";
import { type ClosedPort, Ssh2Guest } from "./ssh2_guest";

/** What all guests of this kind share. */
export interface Ssh2KindOptions {
  /** The port that each listens on, on its own address. */
  readonly port: number;
  /** What a connection meets that no security group lets in; asked for each. */
  readonly closedPort: () => ClosedPort;
}

/** The first of the owners given to guests when this process is root: above people's ids, below 65536. */
const FIRST_OWNER = 64_000;
const OWNERS = 1_000;

/** Makes guests below one private directory, which `close` removes. */
export class Ssh2Kind implements GuestKind {
  #count = 0;
  #confine: Promise<(place: Place) => Confinement> | undefined;

  /** For a program that exits without closing. */
  readonly #removeAll = () => rmSync(this.root, { recursive: true, force: true });

  private constructor(
    readonly root: string,
    readonly options: Ssh2KindOptions,
  ) {
    process.once("exit", this.#removeAll);
  }

  /** Makes the directory. */
  static async open(options: Ssh2KindOptions): Promise<Ssh2Kind> {
    const root = await mkdtemp(join(tmpdir(), "exoscale-emulator-"));
    // Guests of a root process have other owners, who must get through to their own directories, which are 0700.
    if (isRoot()) await chmod(root, 0o711);
    return new Ssh2Kind(root, options);
  }

  async create(spec: GuestSpec): Promise<Guest> {
    this.#count += 1;
    const place = placeOf(
      spec,
      join(this.root, String(this.#count)),
      isRoot() ? FIRST_OWNER + (this.#count % OWNERS) : undefined,
    );
    this.#confine ??= this.#chooseConfinement();
    const [confine, hostKey] = await Promise.all([this.#confine, makeHostKey(), furnish(place, spec.publicKeys)]);
    return new Ssh2Guest({ spec, place, hostKey, confinement: confine(place), ...this.options });
  }

  async close(): Promise<void> {
    await this.#confine?.catch(() => undefined);
    await rm(this.root, { recursive: true, force: true });
    process.removeListener("exit", this.#removeAll);
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

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
