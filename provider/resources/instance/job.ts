import type { Account, ZoneAccount } from "../../account";
import type { Context, Log } from "../contract/resource";
import type { Run } from "../contract/run";
import type { InstanceInputs, InstanceState } from "./fields";

/** What is being done to one instance, and until when. */
export interface Job {
  readonly account: Account;
  readonly run: Run;
  readonly zone: ZoneAccount;
  /** Identifier of the instance in the account. */
  readonly id: string;
  /** What the program asks for. */
  readonly inputs: InstanceInputs;
  /** Instant, in ms since 1970, by which all of it has to end. */
  readonly deadline: number;
  readonly log: Log;
  /** Whether no state will ever have the result; absent: one will. */
  readonly abandoned: Context["abandoned"];
}

/** What an instance's state keeps that the API does not know. */
export interface Remembered extends Pick<InstanceState, "heldKeys" | "hostKeys" | "owner"> {
  /** Whether we have protected it against deletion. */
  readonly deletionProtection: boolean;
}
