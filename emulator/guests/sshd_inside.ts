/** Guests that run a real OpenSSH sshd. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type GuestDirectory, isRoot } from "./guest_directory";
import { HOST_KEY_KINDS, makeHostKey } from "./host_keys";
import type { Inside } from "./inside";
import { IDS, LinuxSystem } from "./linux_system";
import { furnish, give, homeOf, idOf, type Place } from "./place";
import { SshdService } from "./sshd_service";
import { SYSTEM_STAND_INS } from "./stand_ins";
import { furnishSystem, groupOfSudoers, SSHD_CONFIG } from "./system_files";

/** A range in which neither systemd nor shadow hands out ids, and which is no negative number to anybody. */
const OWNERS = { first: 1_879_048_192, each: IDS, blocks: 2 ** 28 / IDS };

/** Below /usr, of which a guest sees everything but /usr/local/bin. */
const PLACES_OF_SSHD = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/libexec/sshd"];

/**
 * Makes guests of the sshd that this machine has.
 *
 * @param sshdConfig settings of sshd that new guests have
 * @throws when something that they need is missing, or sshd does not understand the settings, saying what to do
 */
export async function sshdInside(directory: GuestDirectory, sshdConfig = ""): Promise<Inside> {
  const program = requirements();
  const furnishAll = furnishWith(sshdConfig);
  if (!tried.has(sshdConfig)) tried.set(sshdConfig, tryOut(directory, program, furnishAll));
  await tried.get(sshdConfig);
  return {
    name: "sshd",
    hostKeys: HOST_KEY_KINDS,
    owners: OWNERS,
    furnish: furnishAll,
    own,
    service: async (place) => new SshdService(program, systemOf(place)),
  };
}

/** By settings, once a process: what this machine lacks it lacks for every emulator. */
const tried = new Map<string, Promise<void>>();

const systemOf = (place: Place) => new LinuxSystem(place, groupOfSudoers(place));

function furnishWith(sshdConfig: string): Inside["furnish"] {
  return async (place, publicKeys, hostKeys) => {
    await furnish(place, publicKeys, SYSTEM_STAND_INS);
    await furnishSystem(place, hostKeys, sshdConfig);
    await giveAll(place);
  };
}

async function own(place: Place): Promise<void> {
  if ((await stat(place.root)).uid !== place.owner) await giveAll(place);
}

/** Everything is the guest's root's, but for the home of its user. */
async function giveAll(place: Place): Promise<void> {
  const { root, owner, user } = place;
  if (owner === undefined) return;
  await give(root, owner);
  await give(homeOf(place, user), owner + idOf(user));
}

/** @returns the path of sshd */
function requirements(): string {
  if (process.platform !== "linux") throw refusal("needs Linux");
  if (!isRoot()) throw refusal("needs root, since each guest has a range of user ids, which only root can map");
  const program = PLACES_OF_SSHD.find((path) => existsSync(path));
  if (program === undefined) throw refusal(`finds no sshd in ${PLACES_OF_SSHD.join(", ")}: install openssh-server`);
  return program;
}

/** Boots a guest that nobody ever sees, and has sshd read its settings. */
async function tryOut(directory: GuestDirectory, program: string, furnishAll: Inside["furnish"]): Promise<void> {
  const place: Place = { root: directory.of("probe"), hostname: "probe", user: "probe", owner: OWNERS.first };
  const system = systemOf(place);
  try {
    await furnishAll(place, [], [await makeHostKey("ed25519")]);
    await system.boot();
    const sshd = system.run([program, "-t", "-f", SSHD_CONFIG], ["ignore", "ignore", "pipe"]);
    const said = sshd.stderr ? text(sshd.stderr) : "";
    const [code] = await once(sshd, "close");
    if (code !== 0) throw new Error(await said);
  } catch (error) {
    const cause = error instanceof Error ? error.message.trim() : String(error);
    throw refusal(
      `does not work here: ${cause}. It takes util-linux, namespaces, and user ids from ${OWNERS.first} on`,
    );
  } finally {
    await system.end();
    await rm(place.root, { recursive: true, force: true });
  }
}

function refusal(reason: string): Error {
  return new Error(`guests: "sshd" (--guests sshd) ${reason}. The default guests, "ssh2", need none of this.`);
}
