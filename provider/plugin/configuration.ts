import { type Account, openAccount, settingFailures } from "../account";
import type { Properties } from "../engine/values";
import { CredentialsRejectedError, ExoscaleSshError, NotInAccountError } from "../errors";
import { UNKNOWN } from "../resources/contract/description";
import type { CheckFailure } from "../resources/contract/resource";
import { isSetting, type SettingName, settings } from "../settings";

/** The settings of the provider as the engine passes them: texts, numbers, or unknown at preview. */
export type GivenSettings = Properties;

/** How long a check of the settings waits for the API. Who is not answered is told when it is needed. */
const CHECK_TIMEOUT_MS = 5_000;

/** The names of the settings that are secret. */
export const secretSettings = Object.entries(settings)
  .filter(([, { secret }]) => secret === true)
  .map(([name]) => name);

/**
 * What is wrong with the settings: each by itself, and, where the API answers, the credentials and the zone.
 * Credentials that are missing are not: a host's AuthorizedKey needs none.
 */
export async function checkSettings(given: GivenSettings): Promise<CheckFailure[]> {
  const failures = settingFailures(given);
  if (failures.length > 0 || Object.values(given).includes(UNKNOWN)) return failures;
  try {
    return await findRefusals(openConfiguredAccount(given, AbortSignal.timeout(CHECK_TIMEOUT_MS)));
  } catch (error) {
    // What is wrong with the environment, to which no property belongs.
    if (error instanceof ExoscaleSshError) return [{ property: "", reason: error.message }];
    throw error;
  }
}

/** What the API itself says against the settings; nothing where it does not answer. */
async function findRefusals(account: Account): Promise<CheckFailure[]> {
  const [rejected, nowhere] = await Promise.all([
    failureOf(() => account.verifyCredentials(), CredentialsRejectedError, ""),
    failureOf(async () => account.defaultZone && account.zone(account.defaultZone), NotInAccountError, "zone"),
  ]);
  return [...rejected, ...nowhere];
}

/** Names of the settings that are not what they were; an unknown one counts as changed. */
export function changedSettings(olds: GivenSettings, news: GivenSettings): string[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(isSetting);
  return names.filter((name) => news[name] === UNKNOWN || text(olds[name]) !== text(news[name]));
}

/** The account of some settings, with the environment for those that are absent. */
export function openConfiguredAccount(
  given: GivenSettings,
  signal: AbortSignal,
  log?: (message: string) => void,
): Account {
  const setting = (name: SettingName) => (given[name] === UNKNOWN ? undefined : text(given[name]));
  return openAccount(setting, { signal, ...(log && { log }) });
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
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
