/** Operations: pending for a while, then success or failure. */
import { randomUUID } from "node:crypto";
import { notFound } from "./errors";

/** A failure that a test ordered for one operation. */
export interface OperationFault {
  /** Whether the very first answer says `failure` already. */
  readonly born: boolean;
  /** One of the API's reasons, such as `unavailable`. */
  readonly reason: string;
  /** What the operation says about itself. */
  readonly message: string;
}

/** What one mutation does beside answering. */
export interface Task {
  /** Noun of the resource, such as `instance`. */
  readonly noun: string;
  /** Id of the resource. */
  readonly id: string;
  /** Start and stop answer with `resource` instead of `reference`, whatever the API document says. */
  readonly envelope?: "reference" | "resource";
  /** An ordered failure: then `work` and `settle` do not happen, `fail` does. */
  readonly fault: OperationFault | undefined;
  /** What takes time, such as booting; it runs while the operation is pending. */
  readonly work?: () => Promise<unknown>;
  /** What is true from the moment the operation succeeds. */
  readonly settle?: () => void;
  /** What is true from the moment the operation fails. */
  readonly fail?: () => void;
}

/** An operation as the API shows it. */
export interface OperationBody {
  readonly id: string;
  readonly state: "pending" | "success" | "failure";
  readonly reason?: string;
  readonly message?: string;
  readonly reference?: { readonly command: string; readonly id: string; readonly link: string };
  readonly resource?: { readonly id: string; readonly type: string };
}

/** How many operations a restart remembers. */
const KEPT = 100;

/** The operations of an organisation. */
export class Operations {
  readonly #operations = new Map<string, OperationBody>();
  /** Those whose effect was there as soon as they began. */
  readonly #effective = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  readonly #pendingMs: () => number;
  readonly #ended: () => void;
  #closed = false;

  /**
   * @param pendingMs milliseconds that an operation takes, asked at each one
   * @param ended is called when an operation that was pending has ended; must not throw
   */
  constructor(pendingMs: () => number, ended: () => void) {
    this.#pendingMs = pendingMs;
    this.#ended = ended;
  }

  /** The newest operations, oldest first, for whoever still asks for them after a restart. */
  get latest(): OperationBody[] {
    return [...this.#operations.values()]
      .slice(-KEPT)
      .map((operation) => (this.#effective.has(operation.id) ? { ...operation, state: "success" } : operation));
  }

  /** Takes operations of an earlier run, none of which is pending. */
  restore(operations: readonly OperationBody[]): void {
    for (const operation of operations) this.#record(operation);
  }

  /** Begins a task and answers its operation. */
  begin(task: Task): OperationBody {
    const base = { id: randomUUID(), ...subject(task) };
    if (task.fault?.born) {
      task.fail?.();
      return this.#record({ ...base, state: "failure", reason: task.fault.reason, message: task.fault.message });
    }
    if (!task.settle && !task.fault) this.#effective.add(base.id);
    const running = this.#run(task, base).finally(() => {
      this.#running.delete(running);
      this.#effective.delete(base.id);
      this.#ended();
    });
    this.#running.add(running);
    return this.#record({ ...base, state: "pending" });
  }

  /** The operation of this id. */
  find(id: string): OperationBody {
    const operation = this.#operations.get(id);
    if (!operation) throw notFound("Operation");
    return operation;
  }

  /** Ends every wait and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [timer, done] of this.#timers) {
      clearTimeout(timer);
      done();
    }
    await Promise.all(this.#running);
  }

  async #run(task: Task, base: Pick<OperationBody, "id" | "reference" | "resource">): Promise<void> {
    try {
      // A boot that fails at once must not go unheard while the time passes, so both are awaited together.
      await Promise.all([this.#wait(), task.fault ? undefined : task.work?.()]);
      if (task.fault) throw new OperationFailure(task.fault);
      task.settle?.();
      this.#record({ ...base, state: "success" });
    } catch (error) {
      task.fail?.();
      const message = error instanceof Error ? error.message : String(error);
      this.#record({
        ...base,
        state: "failure",
        reason: error instanceof OperationFailure ? error.reason : "fault",
        message,
      });
    }
  }

  #record(operation: OperationBody): OperationBody {
    this.#operations.set(operation.id, operation);
    return operation;
  }

  #wait(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        resolve();
      }, this.#pendingMs());
      this.#timers.set(timer, resolve);
    });
  }
}

class OperationFailure extends Error {
  readonly reason: string;

  constructor(fault: OperationFault) {
    super(fault.message);
    this.reason = fault.reason;
  }
}

function subject(task: Task): Pick<OperationBody, "reference" | "resource"> {
  if (task.envelope === "resource") return { resource: { id: task.id, type: task.noun } };
  return { reference: { command: `get-${task.noun}`, id: task.id, link: `/v2/${task.noun}/${task.id}` } };
}
