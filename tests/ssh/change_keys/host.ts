/** A host whose keys a test changes: a guest of an emulator, with all its files about keys. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { changeKeys } from "../../../provider/ssh/change_keys/change_keys";
import type { KeyChange } from "../../../provider/ssh/change_keys/key_change";
import type { Credential } from "../../../provider/ssh/connection/credentials";
import type { HostAccess } from "../../../provider/ssh/connection/host_access";
import { probe } from "../../../provider/ssh/probe";
import type { Emulator, EmulatorOptions, GuestHand } from "../../emulated";
import type { Kind } from "../../emulator/guest_kinds";
import { start } from "../../emulator/world";
import type { TestKey } from "../test_keys";

export class Host {
  private constructor(
    readonly emulator: Emulator,
    readonly id: string,
    readonly guest: GuestHand,
  ) {}

  /** Boots a guest that accepts no key yet. */
  static async start(guests: Kind, options: EmulatorOptions = {}): Promise<Host> {
    const { emulator, client } = await start({ guests, hostKeys: ["ed25519"], ...options });
    emulator.cloud.openSsh();
    const { id } = await client.create({ name: "web" });
    return new Host(emulator, id, await emulator.cloud.guest(id));
  }

  /** How to log in with credentials, as the default user unless `more` has another one. */
  access(credentials: readonly Credential[], more: Partial<HostAccess> & { readonly user?: string } = {}): HostAccess {
    const { address: host, port, user, hostKey } = this.guest;
    const target = { host, port, user: more.user ?? user };
    return { target, credentials, knownHostKeys: [hostKey], timeoutMs: 30_000, ...more };
  }

  /** Changes keys of the default user, unless `change` has another one. */
  change(access: HostAccess, change: Partial<KeyChange>) {
    return changeKeys(access, { user: this.guest.user, ...change });
  }

  /** Writes these lines into authorized_keys. */
  async authorize(lines: readonly string[], user = this.guest.user): Promise<void> {
    await this.guest.writeAuthorizedKeys(lines.map((line) => `${line}\n`).join(""), user);
  }

  /** Whether sshd would accept a key. */
  async accepts({ publicKey }: TestKey, user = this.guest.user): Promise<string> {
    const target = { host: this.guest.address, port: this.guest.port, user };
    return (await probe(target, publicKey, { knownHostKeys: [this.guest.hostKey] })).accepts;
  }

  /** Every file below the .ssh of both accounts, by path, with its bytes. A lock or a part of an upload would be one. */
  files(): Record<string, string> {
    const places = [this.guest.home(), this.guest.home("root")].map((home) => join(home, ".ssh"));
    return Object.fromEntries(places.flatMap((place) => filesBelow(place, this.guest.root)));
  }

  /** The inode of authorized_keys, and when it was written. */
  stamp(user?: string): string {
    const { ino, mtimeNs } = statSync(join(this.guest.home(user), ".ssh/authorized_keys"), { bigint: true });
    return `${ino} ${mtimeNs}`;
  }
}

function filesBelow(directory: string, root: string): [string, string][] {
  const found = readdirSync(directory, { withFileTypes: true, recursive: true });
  return found.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length), entry.isFile() ? readFileSync(path, "latin1") : "not a file"];
  });
}

/** A key as an item of `remove`. */
export const gone = ({ publicKey }: TestKey) => ({ publicKeyOpenssh: publicKey });

/** A key as an item of `add`. */
export const line = ({ publicKey }: TestKey, options: readonly string[] = []) => ({
  key: parsePublicKey(publicKey),
  options,
});

/** The error that work rejects with, as class name and message. @throws if the work succeeds */
export async function failure(work: Promise<unknown>): Promise<string> {
  let error: unknown;
  try {
    await work;
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error("It succeeded");
  // No instanceof Error: an abort error comes from another realm.
  return `${Object(error).constructor.name}: ${Object(error).message}`;
}
