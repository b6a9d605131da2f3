/** Time that passes only when nothing else can happen: waiting costs nothing, and a run is the same every time. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Effects } from "./effects";

/** A run of Pulumi: the engine and the process of its provider. */
export interface Process {
  /** Both were killed: what they still do has no effect. */
  isDead: boolean;
  /** The engine was killed, and saves nothing more. The provider's process goes on with what it has begun. */
  isEngineDead: boolean;
  /** Aborts when both are killed. */
  readonly abort: AbortController;
  /** What it has done. */
  readonly effects: Effects;
}

/** The process whose code runs; undefined for the cloud. */
const running = new AsyncLocalStorage<Process | undefined>();

/** Runs the code of a process. */
export function inProcess<T>(process: Process | undefined, work: () => T): T {
  return running.run(process, work);
}

export function currentProcess(): Process | undefined {
  return running.getStore();
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
  readonly process: Process | undefined;
}

const realImmediate = setImmediate;

/** The beginning of time: 2026-01-01. */
const START = Date.UTC(2026, 0, 1);

export class SimulatedTime {
  #now = START;
  /** In the order in which they were set, which decides between those of one moment. */
  readonly #timers = new Set<Timer>();

  now = (): number => this.#now;

  setTimeout = (work: (...given: never[]) => void, ms = 0): Timer => {
    const process = currentProcess();
    const timer = { at: this.#now + Math.ceil(Math.max(0, ms)), process, run: () => inProcess(process, () => work()) };
    this.#timers.add(timer);
    return timer;
  };

  clearTimeout = (timer: Timer | undefined): void => {
    if (timer) this.#timers.delete(timer);
  };

  /** `setTimeout` of node:timers/promises. */
  wait = async <T>(ms: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> => {
    signal?.throwIfAborted();
    return await new Promise<T>((resolve, reject) => {
      const abort = () => {
        this.clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = this.setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve(value as T);
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    });
  };

  /**
   * Lets time pass until a promise settles. Everything that can run does so before a timer ends.
   *
   * @throws Error if it waits for something that no timer brings
   */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settle = () => {
      isSettled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => realImmediate(resolve));
      if (isSettled) return await promise;
      this.#fireNext();
    }
  }

  /** Lets time pass: what is due meanwhile happens. */
  async pass(ms: number): Promise<void> {
    await this.until(inProcess(undefined, () => this.wait(ms)));
  }

  /** A dead process waits for nothing: what it does at once has no effect either. */
  #fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.process?.isDead) {
        next = timer;
        break;
      }
      if (next === undefined || timer.at < next.at) next = timer;
    }
    if (!next) throw new Error("Something waits for what never happens.");
    this.#timers.delete(next);
    if (!next.process?.isDead) this.#now = Math.max(this.#now, next.at);
    next.run();
  }
}

/** What the code of this process takes for time and chance, while there is something. */
let present: { readonly time: SimulatedTime; readonly random: () => number } | undefined;

/**
 * Lets the code of this process live in simulated time, with the given chance.
 *
 * @returns a function that ends that
 */
export function enterSimulatedTime(time: SimulatedTime, random: () => number): () => void {
  present = { time, random };
  return () => {
    present = undefined;
  };
}

/** Replaces what modules may keep when they are loaded, so this module has to be loaded before them. */
function replaceGlobals(): void {
  const { setTimeout: timeout, clearTimeout: clear, setImmediate: immediate } = globalThis;
  const RealDate = Date;
  const { now } = RealDate;
  const { random } = Math;
  const elapsed = performance.now.bind(performance);
  const { timeout: abortAfter } = AbortSignal;
  globalThis.Date = class extends RealDate {
    constructor(...given: [number]) {
      if (given.length > 0) super(...given);
      else super(present?.time.now() ?? now());
    }

    static override now(): number {
      return present?.time.now() ?? now();
    }
  } as DateConstructor;
  Math.random = () => present?.random() ?? random();
  performance.now = () => (present ? present.time.now() - START : elapsed());
  // The simulated API answers or fails at once.
  AbortSignal.timeout = (ms) => (present ? new AbortController().signal : abortAfter.call(AbortSignal, ms));
  Object.assign(globalThis, {
    setTimeout: (...given: Parameters<typeof timeout>) =>
      present ? present.time.setTimeout(...given) : timeout(...given),
    clearTimeout: (timer: Parameters<typeof clear>[0] & Timer) =>
      present ? present.time.clearTimeout(timer) : clear(timer),
    setImmediate: (...given: Parameters<typeof immediate>) =>
      present ? present.time.setTimeout(given[0]) : immediate(...given),
  });
}

replaceGlobals();
