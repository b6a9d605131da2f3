import type { Instance } from "../../account";
import { ApiError, InstanceProtectedError, LeftUnprotectedError, NotFoundError } from "../../errors";
import type { InstanceAddress } from "./address";
import type { InstanceState } from "./fields";
import type { Job } from "./job";

/**
 * Whether the instance is protected once this has set, or removed, its protection as the program asks. The API never
 * tells, so what was done last is remembered.
 */
export async function applyProtection({ zone, id, inputs, deadline }: Job, before: boolean): Promise<boolean> {
  const wanted = inputs.deletionProtection === true;
  if (wanted !== before) await zone.instances.protect(id, wanted, deadline);
  return wanted;
}

/** What protecting again may take, in ms; the time for the update itself may be over by then. */
const secondChanceMs = 60_000;

/**
 * Protects an instance again whose update freed it and then failed. The state of before the update stays, which says that
 * it is protected, so no later update would do it.
 *
 * @returns what to throw: the failure, or a LeftUnprotectedError that repeats it
 */
export async function restoreProtection({ zone, id }: Job, failure: unknown): Promise<unknown> {
  try {
    await zone.instances.protect(id, true, Date.now() + secondChanceMs);
    return failure;
  } catch (error) {
    if (error instanceof NotFoundError) return failure;
    const [first, second] = [failure, error].map((thrown) =>
      thrown instanceof Error ? thrown.message : String(thrown),
    );
    return new LeftUnprotectedError(
      `${first} It is not protected against deletion any more, though the state says so: ${second} To protect it: ` +
        protectionCommand({ zone: zone.name, id }, true),
      { cause: failure },
    );
  }
}

/** What to say to a change for which a new instance would have to take the place of a protected one. */
export function whyProtectedStays(name: string): string {
  return (
    `Instance "${name}" would be replaced, and it is protected against deletion. To replace it, set ` +
    'deletionProtection: false, run "pulumi up", and then make the change. To keep it, take the change back.'
  );
}

/** Refuses, before anything is touched, to delete what the program itself declared protected. */
export function refuseIfDeclaredProtected({ zone, id }: InstanceAddress, last: InstanceState): void {
  if (last.deletionProtection !== true) return;
  throw new InstanceProtectedError(
    `Instance "${last.name}" (${zone}/${id}) is protected against deletion: deletionProtection is true. To delete it, ` +
      'set deletionProtection: false, run "pulumi up", then delete it or run "pulumi destroy". If "pulumi up" has ' +
      `made another one in its place already: ${protectionCommand({ zone, id }, false)}, exo compute instance delete --zone ${zone} ${id}, ` +
      'then "pulumi up".',
  );
}

/** What to say when Exoscale refuses a deletion for a protection of which the state does not know. */
export function explainProtection(
  { zone, id }: InstanceAddress,
  { name }: Pick<Instance, "name">,
  error: unknown,
): unknown {
  if (!(error instanceof ApiError) || !error.serverMessages.some((said) => /protection/i.test(said))) return error;
  return new InstanceProtectedError(
    `Instance "${name}" (${zone}/${id}) is protected against deletion, and not according to the state: Exoscale answered ` +
      `"${error.serverMessages.join("; ")}". A run that failed may have protected it, or somebody else: ask who, and ` +
      `why. Then: ${protectionCommand({ zone, id }, false)}, and delete again.`,
    { cause: error },
  );
}

/** The command that sets or removes a protection. */
export function protectionCommand({ zone, id }: InstanceAddress, isProtected: boolean): string {
  return `exo compute instance update --zone ${zone} ${id} --protection=${isProtected}`;
}
