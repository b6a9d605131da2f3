/** Operations: pending for a while, then success or failure. */
import { randomUUID } from "node:crypto";
import { notFound } from "./errors";

/** A failure that a test has ordered for one operation. */
export interface OperationFault {
  /** Whether the first answer says `failure` already. */
  readonly born: boolean;
  /** One of the API's reasons, such as `unavailable`. */
  readonly reason: string;
  /** The operation's message. */
  readonly message: string;
}

/** The effects of one operation. */
export interface Task {
  /** Noun of the resource, such as `instance`. */
  readonly noun: string;
  /** Id of the resource. */
  readonly id: string;
  /** The real API answers start and stop with `resource` instead of `reference`, against its own document. */
  readonly envelope?: "reference" | "resource";
  /** An ordered failure: `fail` runs instead of `work` and `settle`. */
  readonly fault: OperationFault | undefined;
  /** Runs while the operation is pending, such as a boot. */
  readonly work?: () => Promise<unknown>;
  /** Runs when the operation succeeds. */
  readonly settle?: () => void;
  /** Runs when the operation fails. */
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

/** How many operations outlive a restart. */
const KEPT = 100;

/** The operations of an organisation. */
export class Operations {
  readonly #operations = new Map<string, OperationBody>();
  /** Pending operations whose effect is there already. */
  readonly #effective = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  readonly #pendingMs: () => number;
  readonly #ended: () => void;
  #closed = false;

  /**
   * @param pendingMs answers how many milliseconds the next operation stays pending
   * @param ended called when a pending operation has ended; must not throw
   */
  constructor(pendingMs: () => number, ended: () => void) {
    this.#pendingMs = pendingMs;
    this.#ended = ended;
  }

  /** The newest operations, oldest first. Clients may ask for them after a restart. */
  get latest(): OperationBody[] {
    return [...this.#operations.values()]
      .slice(-KEPT)
      .map((operation) => (this.#effective.has(operation.id) ? { ...operation, state: "success" } : operation));
  }

  /** Adds operations of an earlier run. None is pending. */
  restore(operations: readonly OperationBody[]): void {
    for (const operation of operations) this.#record(operation);
  }

  /** Begins a task. @returns its operation */
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

  /** An operation that has ended with its first answer and refers to no resource, such as those on keys. */
  end(outcome: Omit<OperationBody, "id" | "reference" | "resource">): OperationBody {
    return this.#record({ id: randomUUID(), ...outcome });
  }

  /** The operation of this id. */
  find(id: string): OperationBody {
    const operation = this.#operations.get(id);
    if (!operation) throw notFound("Operation");
    return operation;
  }

  /** Ends every wait. Resolves when no operation is running. */
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
      // Both are awaited together, so that the rejection of a boot that fails early is handled.
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
