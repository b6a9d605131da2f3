import type { Account, ZoneAccount } from "../../account";
import type { Context, Log } from "../contract/resource";
import type { Run } from "../contract/run";
import type { InstanceInputs, InstanceState } from "./fields";

/** One operation on one instance, and its deadline. */
export interface Job {
  readonly account: Account;
  readonly run: Run;
  readonly zone: ZoneAccount;
  /** Identifier of the instance in the account. */
  readonly id: string;
  /** What the program asks for. */
  readonly inputs: InstanceInputs;
  /** Time, in ms since 1970, by which the whole operation has to end. */
  readonly deadline: number;
  readonly log: Log;
  /** Whether nobody waits for the result, so that no state will have it. Absent: somebody waits. */
  readonly abandoned: Context["abandoned"];
}

/** The part of an instance's state that the API does not know. */
export interface Remembered extends Pick<InstanceState, "heldKeys" | "hostKeys" | "owner"> {
  /** Whether the provider has protected it against deletion. */
  readonly deletionProtection: boolean;
  /** Whether a step of the creation is still to be done. Absent: none is. */
  readonly unfinished?: true | undefined;
}
