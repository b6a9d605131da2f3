import { type Account, openAccount, settingFailures } from "../account";
import { withDeadline } from "../deadline";
import type { Properties } from "../engine/values";
import { CredentialsRejectedError, ExoscaleSshError, NotInAccountError } from "../errors";
import { UNKNOWN } from "../resources/contract/description";
import type { CheckFailure } from "../resources/contract/resource";
import { isSetting, type SettingName, settings } from "../settings";

/** The settings of the provider as the engine passes them: texts, numbers, or unknown at preview. */
export type GivenSettings = Properties;

/** How long a check of the settings waits for the API. Without an answer in time, the first resource reports the problem. */
const CHECK_TIMEOUT_MS = 5_000;

/** The names of the settings that are secret. */
export const secretSettings = Object.entries(settings)
  .filter(([, { secret }]) => secret === true)
  .map(([name]) => name);

/**
 * Checks each setting by itself and, if the API answers, the credentials and the zone. Missing credentials are no
 * failure: an AuthorizedKey needs none.
 */
export async function checkSettings(given: GivenSettings): Promise<CheckFailure[]> {
  const failures = settingFailures(given);
  if (failures.length > 0 || Object.values(given).includes(UNKNOWN)) return failures;
  try {
    return await withDeadline(CHECK_TIMEOUT_MS, undefined, (signal) =>
      findRefusals(openConfiguredAccount(given, signal)),
    );
  } catch (error) {
    // The fault is in the environment, so no property belongs to it.
    if (error instanceof ExoscaleSshError) return [{ property: "", reason: error.message }];
    throw error;
  }
}

/** Asks the API whether it accepts the credentials and has the zone. No answer is no failure. */
async function findRefusals(account: Account): Promise<CheckFailure[]> {
  const [rejected, missing] = await Promise.all([
    failureOf(() => account.verifyCredentials(), CredentialsRejectedError, ""),
    failureOf(async () => account.defaultZone && account.zone(account.defaultZone), NotInAccountError, "zone"),
  ]);
  return [...rejected, ...missing];
}

/** Names of the settings that changed. An unknown one counts as changed. */
export function changedSettings(olds: GivenSettings, news: GivenSettings): string[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(isSetting);
  return names.filter((name) => news[name] === UNKNOWN || text(olds[name]) !== text(news[name]));
}

/** Opens an account with the settings; the environment gives those that are absent. */
export function openConfiguredAccount(
  given: GivenSettings,
  signal: AbortSignal,
  log?: (message: string) => void,
): Account {
  const setting = (name: SettingName) => (given[name] === UNKNOWN ? undefined : text(given[name]));
  return openAccount(setting, { signal, ...(log && { log }) });
}

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

async function failureOf(
  ask: () => Promise<unknown>,
  Kind: abstract new (...parameters: never[]) => ExoscaleSshError,
  property: string,
): Promise<CheckFailure[]> {
  try {
    await ask();
    return [];
  } catch (error) {
    return error instanceof Kind ? [{ property, reason: error.message }] : [];
  }
}
