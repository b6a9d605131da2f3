import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Account } from "../account";
import { CancelledError } from "../errors";
import { Run } from "../resources/contract/run";
import { type GivenSettings, openConfiguredAccount } from "./configuration";
import { Display } from "./display";
import { unwrapSecrets } from "./values";

/** What this process knows of the engine that it serves, and the account that the engine configured. */
export class Session {
  /** Shows lines to the user. */
  display: Display;
  /** The settings as the engine sent them; absent before that. */
  settings: Struct | undefined;
  /** What the current operation remembers. */
  run = new Run();
  #account: Account | undefined;
  #cancellation = new AbortController();

  /** @param engine `127.0.0.1:port` of the engine that started this process; absent if an engine attaches itself later */
  constructor(engine: string | undefined) {
    this.display = new Display(engine);
  }

  /** The account of the settings; before the engine sends any, the account of the environment. */
  get account(): Account {
    this.#account ??= this.#open({});
    return this.#account;
  }

  /** Serves an engine that did not start this process. */
  attach(engine: string): void {
    this.display.close();
    this.display = new Display(engine);
  }

  /** Begins an operation of the engine with its settings, and forgets the operation before. */
  configure(settings: Struct | undefined): void {
    this.settings = settings;
    // The engine cancels at the end of every operation. An attached engine then begins another one.
    this.#cancellation = new AbortController();
    this.run = new Run();
    this.#account = this.#open(unwrapSecrets(settings));
  }

  /** Ends waits for the API and for starting machines. A change of a machine's keys that has begun is finished. */
  cancel(): void {
    this.#cancellation.abort(new CancelledError());
  }

  /**
   * Does what remains when the engine has saved all objects: it cancels a plugin before it closes it. Without that nobody
   * knows what is saved.
   */
  async finish(): Promise<void> {
    if (!this.#cancellation.signal.aborted) return;
    await this.run.finish(openConfiguredAccount(unwrapSecrets(this.settings), new AbortController().signal));
  }

  #open(settings: GivenSettings): Account {
    const { display } = this;
    return openConfiguredAccount(settings, this.#cancellation.signal, (message) => display.lines().info(message));
  }
}
