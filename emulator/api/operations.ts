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

/** The operations of an organisation. */
export class Operations {
  readonly #operations = new Map<string, OperationBody>();
  readonly #running = new Set<Promise<void>>();
  readonly #timers = new Map<NodeJS.Timeout, () => void>();
  readonly #pendingMs: () => number;
  #closed = false;

  /** @param pendingMs milliseconds that an operation takes, asked at each one */
  constructor(pendingMs: () => number) {
    this.#pendingMs = pendingMs;
  }

  /** Begins a task and answers its operation. */
  begin(task: Task): OperationBody {
    const base = { id: randomUUID(), ...subject(task) };
    if (task.fault?.born) {
      task.fail?.();
      return this.#record({ ...base, state: "failure", reason: task.fault.reason, message: task.fault.message });
    }
    const running = this.#run(task, base).finally(() => this.#running.delete(running));
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
