/** Guests whose SSH server runs in this process. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Confinement, PlainConfinement } from "./confinement";
import type { GuestBackend } from "./guest_backend";
import { type GuestDirectory, isRoot } from "./guest_directory";
import { LOADED, SSH_DIRECTORY, writeHostKeys } from "./host_key_files";
import type { ProgramChoice } from "./machine_programs";
import { NamespaceConfinement } from "./namespace";
import { Penalties, type PenaltySettings } from "./penalties";
import { chownTree, createRootFs, type Place, restoreOwner } from "./place";
import { shims } from "./shims";
import { Ssh2Service } from "./ssh2_service";

/** Above the ids of people, below 65536. */
const owners = { first: 64_000, each: 1, blocks: 1_000 };

/**
 * Creates guests whose commands are confined as far as this machine allows. The first guest tries that.
 *
 * @param programs the programs of this machine that they find, where Linux allows namespaces
 * @param penalties the penalties for connections without a login; undefined: none
 */
export function ssh2Backend(
  directory: GuestDirectory,
  programs: ProgramChoice,
  penalties: Partial<PenaltySettings> | undefined,
): GuestBackend {
  let confinement: ReturnType<typeof chooseConfinement> | undefined;
  return {
    name: "ssh2",
    // The fastest kind. RSA alone would take 0.2 s per guest.
    hostKeys: ["ed25519"],
    owners,
    async createRootFs(place, publicKeys, hostKeys) {
      await createRootFs(place, publicKeys, shims);
      const directories = [join(place.root, SSH_DIRECTORY), join(place.root, dirname(LOADED))];
      for (const path of directories) await mkdir(path, { recursive: true });
      await writeHostKeys(place, hostKeys);
      if (place.owner !== undefined) await chownTree(place.root, place.owner);
    },
    restoreOwner,
    service: async (place, hostKeys) => {
      confinement ??= chooseConfinement(directory, programs);
      const ownPenalties = penalties && new Penalties(penalties);
      return new Ssh2Service(place, hostKeys, (await confinement)(place), ownPenalties);
    },
  };
}

/**
 * Runs a command in namespaces.
 *
 * @returns the confinement with namespaces when that succeeds, and the plain one otherwise
 */
async function chooseConfinement(
  directory: GuestDirectory,
  programs: ProgramChoice,
): Promise<(place: Place) => Confinement> {
  const place: Place = {
    root: directory.of("probe"),
    hostname: "probe",
    user: "probe",
    owner: isRoot() ? owners.first : undefined,
  };
  await createRootFs(place, [], shims);
  const probe = new NamespaceConfinement(place, programs);
  const isPossible = process.platform === "linux" && (await canRunCommands(probe));
  await probe.end();
  return isPossible ? (own) => new NamespaceConfinement(own, programs) : (own) => new PlainConfinement(own);
}

async function canRunCommands(confinement: Confinement): Promise<boolean> {
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
