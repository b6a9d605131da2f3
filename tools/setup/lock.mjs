// One process at a time, across processes, surviving those that were killed while they held it.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeLeaving } from "../process/leave.mjs";
import { say, whileSaying } from "../process/say.mjs";
import { signal } from "../process/tree.mjs";

/** The holder shows that it lives this often, in milliseconds. */
const HEARTBEAT = 2_000;
/** After so long without a sign the holder counts as dead, even where its pid cannot be looked up. */
const SILENT = 60_000;
const POLL = 200;

/** @typedef {{ id: string, pid: number, host: string }} Holder */

/**
 * Does the work while no other process holds the lock.
 *
 * @template T
 * @param {string} path a directory that exists exactly while the lock is held
 * @param {string} what the other run may be doing, such as "building the engine"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, what, work) {
  makeRoomFor(path);
  const holder = acquire(path) ?? (await waitFor(path, what));
  const heartbeat = setInterval(() => touch(path), HEARTBEAT);
  const release = beforeLeaving(() => remove(path, holder));
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await release();
  }
}

/** @param {string} path */
function makeRoomFor(path) {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new Error(
      `${reason}\nSet XDG_CACHE_HOME, and npm_config_cache for npm, to directories that you can write to.`,
    );
  }
}

/** @param {string} path @param {string} what @returns {Promise<Holder>} */
async function waitFor(path, what) {
  say(`Another run is ${what}; waiting for it ...`);
  return whileSaying(
    () => `waiting for the run that is ${what}`,
    async () => {
      for (;;) {
        const mine = acquire(path);
        if (mine) return mine;
        const holder = readHolder(path);
        if (holder && isDead(path, holder)) bury(path, holder);
        await sleep(POLL);
      }
    },
  );
}

/**
 * The directory appears with the holder's name in it, by a rename, which fails where one is already: nobody ever sees
 * a lock without a holder.
 *
 * @param {string} path
 * @returns {Holder | undefined} undefined when another process holds it
 */
function acquire(path) {
  const holder = { id: randomUUID(), pid: process.pid, host: hostname() };
  const prepared = `${path}.${holder.id}`;
  mkdirSync(prepared);
  writeFileSync(join(prepared, "holder.json"), JSON.stringify(holder));
  try {
    renameSync(prepared, path);
    return holder;
  } catch {
    rmSync(prepared, { recursive: true, force: true });
    return undefined;
  }
}

/**
 * Removes a dead holder's lock. Only one process at a time digs the grave, so that the lock of a living successor is
 * never taken for the dead one's.
 *
 * @param {string} path
 * @param {Holder} holder
 */
function bury(path, holder) {
  const grave = `${path}.${holder.id}.grave`;
  try {
    mkdirSync(grave);
  } catch {
    // Its digger may have died as well.
    if (Date.now() - lastSign(grave) > SILENT) rmSync(grave, { recursive: true, force: true });
    return;
  }
  remove(path, holder);
  rmSync(grave, { recursive: true, force: true });
}

/**
 * Moves the lock aside before it is taken apart: an emptied directory in its place would let another process in.
 *
 * @param {string} path
 * @param {Holder} holder nothing happens when somebody else holds the lock by now
 */
function remove(path, holder) {
  if (readHolder(path)?.id !== holder.id) return;
  const aside = `${path}.${holder.id}`;
  renameSync(path, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** @param {string} path @param {Holder} holder */
function isDead(path, holder) {
  const gone = holder.host === hostname() && !signal(holder.pid, 0);
  return gone || Date.now() - lastSign(path) > SILENT;
}

/** @param {string} path */
function lastSign(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** @param {string} path */
function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Taken over while this machine slept: both then do the same work, and the later result stands.
  }
}

/** @param {string} path @returns {Holder | undefined} undefined when it was released in this moment */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(join(path, "holder.json"), "utf8"));
  } catch {
    return undefined;
  }
}
