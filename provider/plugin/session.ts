import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Account } from "../account";
import { CancelledError } from "../errors";
import { Run } from "../resources/contract/run";
import { type GivenSettings, openConfiguredAccount } from "./configuration";
import { Display } from "./display";
import { unwrapSecrets } from "./values";

/** What this process knows of the engine that it serves, and of the account that it was configured for. */
export class Session {
  /** Where lines for the user go. */
  display: Display;
  /** The settings as the engine sent them; absent until it has. */
  settings: Struct | undefined;
  /** What the operation remembers that is under way. */
  run = new Run();
  private opened: Account | undefined;
  private running = new AbortController();

  /** @param engine `127.0.0.1:port` of the engine that started this process; absent if it is to attach itself */
  constructor(engine: string | undefined) {
    this.display = new Display(engine);
  }

  /** The account of the settings; before there are any, that of the environment. */
  get account(): Account {
    this.opened ??= this.open({});
    return this.opened;
  }

  /** An engine that did not start this process makes itself known. */
  attach(engine: string): void {
    this.display.close();
    this.display = new Display(engine);
  }

  /** Begins an operation of the engine with its settings: nothing is remembered of the one before. */
  configure(settings: Struct | undefined): void {
    this.settings = settings;
    // The engine cancels at the end of every operation, and one that is attached then begins another.
    this.running = new AbortController();
    this.run = new Run();
    this.opened = this.open(unwrapSecrets(settings));
  }

  /** Ends what waits for the API, or for a machine to start. A change of a machine's keys that has begun is finished. */
  cancel(): void {
    this.running.abort(new CancelledError());
  }

  private open(settings: GivenSettings): Account {
    const { display } = this;
    return openConfiguredAccount(settings, this.running.signal, (message) => display.lines().info(message));
  }
}
