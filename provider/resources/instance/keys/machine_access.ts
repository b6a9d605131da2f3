import type { HostAccess, Instance } from "../../../account";
import { InvalidArgumentError } from "../../../errors";
import { credentialsOf, distinct, privateHalvesFor } from "../../access/credentials";
import { hostAccess } from "../../access/host_access";
import { pinOf } from "../../labels/reserved_labels";
import type { InstanceState } from "../fields";
import type { Job, Remembered } from "../job";
import { findDefaultUser, sshTarget } from "../login";

/** How long one connection may take, in milliseconds, up to the end of its login. */
const LOGIN_TIMEOUT_MS = 20_000;

/** A machine whose keys are changed: as the API shows it, as the last update left it, and what is remembered of it. */
export interface KnownMachine {
  readonly instance: Instance;
  readonly last: InstanceState;
  readonly remembered: Remembered;
}

/** The account of the machine whose keys are changed: the one that cloud-init gave them to. */
export async function ownerOf({ account, inputs }: Job, instance: Instance): Promise<string> {
  return (await findDefaultUser(account, inputs, instance)) ?? inputs.connection?.user ?? "root";
}

/**
 * How to log in to the machine: first with the credentials of the last update, then with those of the program, then
 * with the pairs whose keys the machine was given.
 */
export async function instanceAccess(
  { account, run, inputs }: Job,
  { instance, last, remembered: { hostKeys } }: KnownMachine,
): Promise<HostAccess> {
  const connection = inputs.connection ?? last.connection;
  const owner = await findDefaultUser(account, inputs, instance);
  const target = sshTarget(account, { connection }, instance, connection?.user ?? owner);
  if (!target) throw new InvalidArgumentError(noAddressReason(inputs.name));
  return hostAccess({
    target,
    connection,
    credentials: distinct([
      ...credentialsOf(account, last.connection, inputs.connection),
      ...privateHalvesFor(run, instance.labels),
    ]),
    rememberedHostKeys: hostKeys ?? pinOf(instance.labels),
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
}

/** The error text for a machine without an address, whose keys cannot be changed. */
export function noAddressReason(name: string): string {
  return (
    `Instance "${name}" has no address to change its keys at. Give connection.host, or keep its keys: ignoreChanges: ` +
    '["sshKeys"].'
  );
}
