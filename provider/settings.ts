/** A setting of the provider, in the stack's configuration or the environment. */
export interface Setting {
  readonly description: string;
  readonly secret?: true;
  /** Default `string`. */
  readonly type?: "integer";
  /** Variable that is read where the stack's configuration says nothing. */
  readonly environment: string;
}

/** The settings, which stand in a stack's configuration as `exoscale-ssh:apiKey` and so on. */
export type SettingName = "apiKey" | "apiSecret" | "endpoint" | "zone" | "sshPort";

/** Every setting, by its name after `exoscale-ssh:`. */
export const settings: Readonly<Record<SettingName, Setting>> = {
  apiKey: { description: "Exoscale API key. Needed.", secret: true, environment: "EXOSCALE_API_KEY" },
  apiSecret: { description: "Secret of the API key. Needed.", secret: true, environment: "EXOSCALE_API_SECRET" },
  zone: {
    description: "Zone of resources that name none, such as `ch-gva-2`. Default: none, and each names its own.",
    environment: "EXOSCALE_ZONE",
  },
  endpoint: {
    description:
      "Endpoint of the API, such as `https://api-ch-gva-2.exoscale.com/v2`. Default: that of the zone, without a zone " +
      "that of `ch-gva-2`.",
    environment: "EXOSCALE_API_ENDPOINT",
  },
  sshPort: {
    description: "Port of sshd on instances whose connection names none, 1 to 65535. Default 22.",
    type: "integer",
    environment: "EXOSCALE_SSH_PORT",
  },
};

/** One thing wrong with the settings: which, or the empty text for a secret or a pair, and why. */
export interface SettingFailure {
  readonly property: string;
  readonly reason: string;
}

/** Whether there is a setting of that name. */
export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}

/**
 * What is wrong with given settings by themselves; values that are no text or number, such as unknown ones, pass. A
 * reason about a secret names it, and the property is left empty: Pulumi would print its value.
 *
 * @param environment where half of a pair of credentials may be
 */
export function failuresOfSettings(
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): SettingFailure[] {
  const names = Object.keys(given).filter((name) => !engineOptions.has(name));
  const unknown = names
    .filter((name) => !isSetting(name))
    .map((name) => ({ property: name, reason: unknownSetting(name) }));
  const wrong = Object.entries(rules).flatMap(([name, rule]) => {
    const value = given[name];
    const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
    const reason = text === "" ? undefined : rule(text);
    return reason === undefined ? [] : [settingFailure(name, reason)];
  });
  return [...unknown, ...wrong, ...halfCredentials(given, environment)];
}

/** Pulumi's own options of a provider, which it passes along. */
const engineOptions: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "__internal"]);

/** What is wrong with a text that was given; undefined when nothing is. */
const rules: Readonly<Record<SettingName, (text: string) => string | undefined>> = {
  apiKey: (text) => (/\s/.test(text) ? "apiKey has a blank or a line break in it. Set it again without." : undefined),
  apiSecret: (text) =>
    /\s/.test(text) ? "apiSecret has a blank or a line break in it. Set it again without." : undefined,
  zone: (text) =>
    /^[a-z]{2}-[a-z]{2,3}-\d+$/.test(text) ? undefined : `zone is "${text}". Give one such as ch-gva-2 or de-fra-1.`,
  endpoint: (text) =>
    isEndpoint(text)
      ? undefined
      : `endpoint is "${text.replace(/\/\/.*@/, "//")}". Give an address such as https://api-ch-gva-2.exoscale.com/v2, or none.`,
  sshPort: (text) => (isPort(text) ? undefined : notAPort(text)),
};

/** Whether a text is a web address to which a path can be added. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return !!url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && url.username === "";
}

/** Whether a text is a TCP port. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** What to say of an `sshPort` that is none. */
export function notAPort(text: string): string {
  return `sshPort is "${text}". Give a port from 1 to 65535 (exoscale-ssh:sshPort, EXOSCALE_SSH_PORT).`;
}

function unknownSetting(name: string): string {
  return `exoscale-ssh has no setting "${name}". There are ${Object.keys(settings).join(", ")}.`;
}

function settingFailure(name: string, reason: string): SettingFailure {
  return { property: isSetting(name) && settings[name].secret ? "" : name, reason };
}

/** One of the two that belong together, without the other anywhere. */
function halfCredentials(
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): SettingFailure[] {
  const pair = ["apiKey", "apiSecret"] as const;
  const isSet = (name: SettingName) => (given[name] ?? "") !== "" || !!environment[settings[name].environment];
  const absent = pair.filter((name) => !isSet(name));
  const [name] = absent;
  if (absent.length !== 1 || name === undefined) return [];
  const other = pair.find((each) => each !== name) ?? name;
  const reason =
    `${other} is set and ${name} is not. Set both (pulumi config set --secret exoscale-ssh:${name}, or ` +
    `${settings[name].environment}).`;
  return [{ property: "", reason }];
}
