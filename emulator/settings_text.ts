/** Settings on a command line: `deletedKeys=dropped`. */
import { isIPv4 } from "node:net";
import { router } from "./api/routes";
import { defaultSettings, type Settings } from "./settings";

/** How one setting is written. */
interface Form<Value> {
  /** The possible values, for the help. */
  readonly shown: string;
  /** The value; undefined for an invalid text. */
  read(text: string): Value | undefined;
}

const forms: { readonly [Name in keyof Settings]: Form<Settings[Name]> } = {
  deletedKeys: oneOf("listed", "dropped", "by-name"),
  duplicateMaterial: oneOf("accepted", "refused"),
  namesOfOneKey: oneOf("asked", "first"),
  duplicateName: oneOf(409, 400),
  ecdsaKeys: oneOf("accepted", "refused"),
  securityKeys: oneOf("refused", "accepted"),
  smallestRsa: number(1024, 16_384),
  unknownKeyAtCreate: oneOf(404, 400, 409),
  keysWithoutSupport: oneOf("ignored", "refused"),
  keysInLists: oneOf("shown", "hidden"),
  protectedStop: oneOf("accepted", "refused"),
  privateSwitch: oneOf("accepted", "refused", "ignored"),
  familyChange: oneOf("accepted", "refused"),
  groupInUse: oneOf(409, 400, 412),
  unrecordedBodies: oneOf("json", "text", "empty"),
  requestsPerSecond: number(1, 1_000_000),
  longestExpiry: number(1, 1_000_000_000),
  clockAhead: number(-1_000_000_000, 1_000_000_000),
  denied: { shown: "REQUEST[,REQUEST...]", read: routes },
  instanceQuota: number(0, 1_000_000),
  closedPort: oneOf("reset", "silent"),
  clientAddress: { shown: "IPv4 address", read: (text) => (isIPv4(text) ? text : undefined) },
};

/** An invalid setting. Its message says what is valid. */
export class SettingError extends Error {}

/** Reads `name=value`. @throws SettingError for an unknown name or value */
export function readSetting(text: string): Partial<Settings> {
  const at = text.indexOf("=");
  const name = text.slice(0, Math.max(0, at));
  if (!isName(name)) {
    throw new SettingError(`"${text}" is not a setting: give name=value, name one of ${names.join(", ")}`);
  }
  const value = forms[name].read(text.slice(at + 1));
  if (value === undefined) throw new SettingError(`"${text}" is not possible: ${name} is ${forms[name].shown}`);
  return { [name]: value };
}

const names = Object.keys(forms);

function isName(name: string): name is keyof Settings {
  return names.includes(name);
}

/** A line for each setting: its possible values and its default. */
export function settingsHelp(): string {
  const lines = names.filter(isName).map((name) => `  ${`${name}=${forms[name].shown}`.padEnd(47)} ${byDefault(name)}`);
  return `${lines.join("\n")}\n`;
}

function byDefault(name: keyof Settings): string {
  const value = defaultSettings[name];
  return value === undefined || (Array.isArray(value) && value.length === 0)
    ? "(default: none)"
    : `(default: ${value})`;
}

function oneOf<Value extends string | number>(...values: Value[]): Form<Value> {
  return { shown: values.join("|"), read: (text) => values.find((value) => String(value) === text) };
}

function number(least: number, most: number): Form<number> {
  const read = (text: string) => {
    const value = Number(text);
    return /^-?\d+$/.test(text) && value >= least && value <= most ? value : undefined;
  };
  return { shown: `NUMBER (${least} to ${most})`, read };
}

function routes(text: string): readonly string[] | undefined {
  const named = text.split(",").map((route) => route.trim());
  return named.every((route) => router.has(route)) ? named : undefined;
}
