import type { Instance } from "../../account";
import { ApiError, InstanceProtectedError } from "../../errors";
import type { InstanceAddress } from "./address";
import type { InstanceState } from "./fields";
import type { Job } from "./job";

/**
 * Whether the instance is protected once this has set, or removed, its protection as the program asks. The API never
 * tells, so what was done last is remembered.
 */
export async function protectedAsAsked({ zone, id, inputs, deadline }: Job, before: boolean): Promise<boolean> {
  const wanted = inputs.deletionProtection === true;
  if (wanted !== before) await zone.instances.protect(id, wanted, deadline);
  return wanted;
}

/** What to say to a change for which a new instance would have to take the place of a protected one. */
export function replacedThoughProtected(name: string): string {
  return (
    `Instance "${name}" would be replaced, and it is protected against deletion. To replace it, set ` +
    'deletionProtection: false, run "pulumi up", and then make the change. To keep it, take the change back.'
  );
}

/** Refuses, before anything is touched, to delete what the program itself declared protected. */
export function refuseIfDeclared({ zone, id }: InstanceAddress, last: InstanceState): void {
  if (last.deletionProtection !== true) return;
  throw new InstanceProtectedError(
    `Instance "${last.name}" (${zone}/${id}) is protected against deletion: deletionProtection is true. To delete it, ` +
      'set deletionProtection: false, run "pulumi up", then delete it or run "pulumi destroy". If "pulumi up" has ' +
      `made another one in its place already: ${byHand(zone, id)}, exo compute instance delete --zone ${zone} ${id}, ` +
      'then "pulumi up".',
  );
}

/** What to say when Exoscale refuses a deletion for a protection that the program does not declare. */
export function protectedByOthers(
  { zone, id }: InstanceAddress,
  { name }: Pick<Instance, "name">,
  error: unknown,
): unknown {
  if (!(error instanceof ApiError) || !error.serverMessages.some((said) => /protection/i.test(said))) return error;
  return new InstanceProtectedError(
    `Instance "${name}" (${zone}/${id}) is protected against deletion, and not by this program: Exoscale answered ` +
      `"${error.serverMessages.join("; ")}". Ask who protected it and why. Then: ${byHand(zone, id)}, and delete again.`,
    { cause: error },
  );
}

function byHand(zone: string, id: string): string {
  return `exo compute instance update --zone ${zone} ${id} --protection=false`;
}
