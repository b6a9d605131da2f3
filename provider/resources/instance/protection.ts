import type { Instance } from "../../account";
import { ApiError, InstanceProtectedError, LeftUnprotectedError, NotFoundError } from "../../errors";
import type { InstanceAddress } from "./address";
import type { InstanceState } from "./fields";
import type { Job } from "./job";

/**
 * Sets or removes the protection as the program asks. The API does not return it, so the provider remembers what it did
 * last.
 *
 * @param before whether the instance is protected, as far as is known
 * @returns whether it is protected now
 */
export async function applyProtection({ zone, id, inputs, deadline }: Job, before: boolean): Promise<boolean> {
  const wanted = inputs.deletionProtection === true;
  if (wanted !== before) await zone.instances.protect(id, wanted, deadline);
  return wanted;
}

/** How long the protection may take, in ms. The deadline of the update may be over already. */
const RESTORE_TIMEOUT_MS = 60_000;

/**
 * Protects an instance again, after an update has removed its protection and failed. The old state stays, and it says
 * that the instance is protected, so no later update would protect it.
 *
 * @returns the error to throw: the failure, or a LeftUnprotectedError that repeats it
 */
export async function restoreProtection({ zone, id }: Job, failure: unknown): Promise<unknown> {
  try {
    await zone.instances.protect(id, true, Date.now() + RESTORE_TIMEOUT_MS);
    return failure;
  } catch (error) {
    if (error instanceof NotFoundError) return failure;
    const [first, second] = [failure, error].map((thrown) =>
      thrown instanceof Error ? thrown.message : String(thrown),
    );
    return new LeftUnprotectedError(
      `${first} It is no longer protected against deletion, though the state says so: ${second} To protect it: ` +
        protectionCommand({ zone: zone.name, id }, true),
      { cause: failure },
    );
  }
}

/** The error text for a change that would replace a protected instance. */
export function whyProtectedStays(name: string): string {
  return (
    `Instance "${name}" would be replaced, and it is protected against deletion. To replace it, set ` +
    'deletionProtection: false, run "pulumi up", and then make the change. To keep it, revert the change.'
  );
}

/** Refuses to delete an instance that the program declared protected, before anything is changed. */
export function refuseIfDeclaredProtected({ zone, id }: InstanceAddress, last: InstanceState): void {
  if (last.deletionProtection !== true) return;
  throw new InstanceProtectedError(
    `Instance "${last.name}" (${zone}/${id}) is protected against deletion: deletionProtection is true. To delete it, ` +
      'set deletionProtection: false, run "pulumi up", then delete it or run "pulumi destroy". If "pulumi up" has ' +
      `already replaced it: ${protectionCommand({ zone, id }, false)}, exo compute instance delete --zone ${zone} ` +
      `${id}, then "pulumi up".`,
  );
}

/** The error to throw for a failed deletion: it explains a refusal for a protection that the state does not have. */
export function explainProtection(
  { zone, id }: InstanceAddress,
  { name }: Pick<Instance, "name">,
  error: unknown,
): unknown {
  if (!(error instanceof ApiError) || !error.serverMessages.some((message) => /protection/i.test(message)))
    return error;
  return new InstanceProtectedError(
    `Instance "${name}" (${zone}/${id}) is protected against deletion, though the state says that it is not: ` +
      `Exoscale answered "${error.serverMessages.join("; ")}". A failed run or somebody else may have protected it: ask ` +
      `who, and why. Then run ${protectionCommand({ zone, id }, false)}, and delete it again.`,
    { cause: error },
  );
}

/** The command that sets or removes a protection. */
export function protectionCommand({ zone, id }: InstanceAddress, isProtected: boolean): string {
  return `exo compute instance update --zone ${zone} ${id} --protection=${isProtected}`;
}
