/** Guests that run a real OpenSSH sshd. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { GuestBackend } from "./guest_backend";
import { type GuestDirectory, isRoot } from "./guest_directory";
import { hostKeyKinds, makeHostKey } from "./host_keys";
import { IDS, LinuxSystem } from "./linux_system";
import type { ProgramChoice } from "./machine_programs";
import { chownTree, createRootFs, homeOf, idOf, type Place } from "./place";
import { systemShims } from "./shims";
import { SshdService } from "./sshd_service";
import { groupOfSudoers, SSHD_CONFIG, writeSystemFiles } from "./system_files";

/** A range in which neither systemd nor shadow assigns ids, and whose ids are positive also as signed numbers. */
const owners = { first: 1_879_048_192, each: IDS, blocks: 2 ** 28 / IDS };

/** Where sshd may be. Guests do not see this machine's /usr/local/bin. */
const sshdPaths = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/libexec/sshd"];

/**
 * Creates guests with the sshd of this machine.
 *
 * @param programs the programs of this machine that guests find
 * @param sshdConfig settings of new guests' sshd
 * @throws when a requirement is missing, or sshd refuses the settings. The error says what to do
 */
export async function sshdBackend(
  directory: GuestDirectory,
  programs: ProgramChoice,
  sshdConfig = "",
): Promise<GuestBackend> {
  const program = findSshd();
  const createFiles = rootFsCreator(sshdConfig);
  if (!probes.has(sshdConfig)) probes.set(sshdConfig, probeBackend(directory, program, programs, createFiles));
  await probes.get(sshdConfig);
  return {
    name: "sshd",
    hostKeys: hostKeyKinds,
    owners,
    createRootFs: createFiles,
    restoreOwner,
    service: async (place) => new SshdService(program, systemOf(place, programs)),
  };
}

/** One probe per process and settings: its result is the same for every emulator. */
const probes = new Map<string, Promise<void>>();

const systemOf = (place: Place, programs: ProgramChoice) => new LinuxSystem(place, groupOfSudoers(place), programs);

function rootFsCreator(sshdConfig: string): GuestBackend["createRootFs"] {
  return async (place, publicKeys, hostKeys) => {
    await createRootFs(place, publicKeys, systemShims);
    await writeSystemFiles(place, hostKeys, sshdConfig);
    await chownGuest(place);
  };
}

async function restoreOwner(place: Place): Promise<void> {
  if ((await stat(place.root)).uid !== place.owner) await chownGuest(place);
}

/** Gives the files to the guest's root, and the home of its default user to that user. */
async function chownGuest(place: Place): Promise<void> {
  const { root, owner, user } = place;
  if (owner === undefined) return;
  await chownTree(root, owner);
  await chownTree(homeOf(place, user), owner + idOf(user));
}

/** Checks the requirements. @returns the path of sshd */
function findSshd(): string {
  if (process.platform !== "linux") throw refusal("needs Linux");
  if (!isRoot()) throw refusal("needs root, since each guest has a range of user ids, which only root can map");
  const program = sshdPaths.find((path) => existsSync(path));
  if (program === undefined) throw refusal(`finds no sshd in ${sshdPaths.join(", ")}: install openssh-server`);
  return program;
}

/** Boots a guest without an instance and lets sshd check the settings. */
async function probeBackend(
  directory: GuestDirectory,
  program: string,
  programs: ProgramChoice,
  createFiles: GuestBackend["createRootFs"],
): Promise<void> {
  const place: Place = { root: directory.of("probe"), hostname: "probe", user: "probe", owner: owners.first };
  const system = systemOf(place, programs);
  try {
    await createFiles(place, [], [await makeHostKey("ed25519")]);
    await system.boot();
    const sshd = system.run([program, "-t", "-f", SSHD_CONFIG], ["ignore", "ignore", "pipe"]);
    const said = sshd.stderr ? text(sshd.stderr) : "";
    const [code] = await once(sshd, "close");
    if (code !== 0) throw new Error(await said);
  } catch (error) {
    const cause = error instanceof Error ? error.message.trim() : String(error);
    throw refusal(
      `does not work here: ${cause}. It needs util-linux, namespaces, and user ids from ${owners.first} on`,
    );
  } finally {
    await system.end();
    await rm(place.root, { recursive: true, force: true });
  }
}

function refusal(reason: string): Error {
  return new Error(`guests: "sshd" (--guests sshd) ${reason}. The default guests, "ssh2", need none of this.`);
}
