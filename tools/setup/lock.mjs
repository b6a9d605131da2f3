// A lock between processes. It is released when its holder was killed.
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeExit } from "../process/leave.mjs";
import { print, withProgress } from "../process/say.mjs";
import { sendSignal } from "../process/tree.mjs";

/** The holder renews the lock this often, in milliseconds. */
const HEARTBEAT = 2_000;
/** A lock that was not renewed for this long, in milliseconds, is stale, even if its holder is on another host. */
const STALE_AFTER = 60_000;
/** How often to try again, in milliseconds. */
const POLL = 200;

/** @typedef {{ id: string, pid: number, host: string }} Holder */

/**
 * Runs the work while holding the lock. Waits until no other process holds it.
 *
 * @template T
 * @param {string} path a directory, which exists while the lock is held
 * @param {string} what the work is, for the message to those that wait, such as "building the engine"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, what, work) {
  makeParentDirectory(path);
  const holder = tryAcquire(path) ?? (await waitForLock(path, what));
  const heartbeat = setInterval(() => renew(path), HEARTBEAT);
  const releaseNow = beforeExit(() => release(path, holder));
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await releaseNow();
  }
}

/** @param {string} path */
function makeParentDirectory(path) {
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
async function waitForLock(path, what) {
  print(`Another run is ${what}; waiting for it ...`);
  return withProgress(
    () => `waiting for the run that is ${what}`,
    async () => {
      for (;;) {
        const mine = tryAcquire(path);
        if (mine) return mine;
        const holder = readHolder(path);
        if (holder && isStale(path, holder)) breakStaleLock(path, holder);
        await sleep(POLL);
      }
    },
  );
}

/**
 * Creates the directory with the holder in it, by a rename, which fails if there is one already. So there is never a lock
 * without a holder.
 *
 * @param {string} path
 * @returns {Holder | undefined} undefined if another process holds the lock
 */
function tryAcquire(path) {
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
 * Releases the lock of a holder that has ended. Only one process at a time does so: otherwise the second one could
 * release the lock of the next holder.
 *
 * @param {string} path
 * @param {Holder} holder
 */
function breakStaleLock(path, holder) {
  const guard = `${path}.${holder.id}.breaking`;
  try {
    mkdirSync(guard);
  } catch {
    // The process that was releasing the stale lock may have been killed too.
    if (Date.now() - lastHeartbeat(guard) > STALE_AFTER) rmSync(guard, { recursive: true, force: true });
    return;
  }
  release(path, holder);
  rmSync(guard, { recursive: true, force: true });
}

/**
 * Moves the directory away before it is deleted: another process could replace a directory that is already empty.
 *
 * @param {string} path
 * @param {Holder} holder does nothing if another process holds the lock by now
 */
function release(path, holder) {
  if (readHolder(path)?.id !== holder.id) return;
  const aside = `${path}.${holder.id}`;
  renameSync(path, aside);
  rmSync(aside, { recursive: true, force: true });
}

/** @param {string} path @param {Holder} holder */
function isStale(path, holder) {
  const gone = holder.host === hostname() && !sendSignal(holder.pid, 0);
  return gone || Date.now() - lastHeartbeat(path) > STALE_AFTER;
}

/** @param {string} path */
function lastHeartbeat(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** @param {string} path */
function renew(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Another process took the lock while this machine was suspended. Both do the same work; the later result is kept.
  }
}

/** @param {string} path @returns {Holder | undefined} undefined if it was released just now */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(join(path, "holder.json"), "utf8"));
  } catch {
    return undefined;
  }
}
