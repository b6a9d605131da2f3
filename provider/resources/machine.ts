import type { Account, Instance, ZoneAccount } from "../account";
import { NotInAccountError } from "../errors";

const goneStates = new Set(["destroying", "destroyed", "expunging"]);

/** Whether an instance in this state is deleted or about to be: it holds no key and cannot come back. */
export function isGone(state: string | undefined): boolean {
  return state !== undefined && goneStates.has(state);
}

/** Asks the API for an instance that must exist. @throws NotInAccountError when it does not */
export async function findExisting(zone: ZoneAccount, id: string): Promise<Instance> {
  const instance = await zone.instances.find(id);
  if (instance) return instance;
  throw new NotInAccountError(
    `Instance ${id} is gone from ${zone.name}. To make a new one, run "pulumi refresh", then "pulumi up".`,
  );
}

/** The default user of a template; undefined if the template is gone or not known. */
export async function findTemplateUser(
  account: Account,
  zone: string,
  templateId: string | undefined,
): Promise<string | undefined> {
  if (templateId === undefined) return undefined;
  return (await (await account.zone(zone)).template(templateId))?.["default-user"];
}
