/** A setting of the provider, in the stack's configuration or the environment. */
export interface Setting {
  readonly description: string;
  readonly secret?: true;
  /** Default `string`. */
  readonly type?: "integer";
  /** Environment variable that is read when the stack's configuration has no value. */
  readonly environment: string;
}

/** The settings: `exoscale-ssh:apiKey` and so on in a stack's configuration. */
export type SettingName = "apiKey" | "apiSecret" | "endpoint" | "zone" | "sshPort";

/** Every setting, by its name after `exoscale-ssh:`. */
export const settings: Readonly<Record<SettingName, Setting>> = {
  apiKey: { description: "Exoscale API key. Required.", secret: true, environment: "EXOSCALE_API_KEY" },
  apiSecret: { description: "Secret of the API key. Required.", secret: true, environment: "EXOSCALE_API_SECRET" },
  zone: {
    description: "Zone of resources that set none, such as `ch-gva-2`. Default: none, and each resource sets its own.",
    environment: "EXOSCALE_ZONE",
  },
  endpoint: {
    description:
      "Endpoint of the API, such as `https://api-ch-gva-2.exoscale.com/v2`. Default: the endpoint of the zone, or of " +
      "`ch-gva-2` without a zone. Signed requests for another zone go to Exoscale's own host of that zone, or to another " +
      "port of this host.",
    environment: "EXOSCALE_API_ENDPOINT",
  },
  sshPort: {
    description: "Port of sshd on instances whose connection sets none, 1 to 65535. Default 22.",
    type: "integer",
    environment: "EXOSCALE_SSH_PORT",
  },
};

/** A fault of the settings. `property` is the setting, or empty for a secret or a pair of settings. */
export interface SettingFailure {
  readonly property: string;
  readonly reason: string;
}

/** Whether there is a setting of that name. */
export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}

/**
 * The faults of given settings. Unknown values pass. For a secret the
 * property is empty, because Pulumi would print its value; the reason names the secret.
 *
 * @param environment environment variables, which may have one half of the credentials
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
    if (typeof value === "boolean" || (typeof value === "object" && value !== null)) {
      return [settingFailure(name, `${name} is neither a text nor a number. Give a text.`)];
    }
    const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
    const reason = text === "" ? undefined : rule(text);
    return reason === undefined ? [] : [settingFailure(name, reason)];
  });
  return [...unknown, ...wrong, ...halfCredentials(given, environment)];
}

/** Pulumi's own options of a provider, which it passes with the settings. */
const engineOptions: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "__internal"]);

/** Why a text is refused; undefined when it is valid. */
const rules: Readonly<Record<SettingName, (text: string) => string | undefined>> = {
  apiKey: (text) => (/\s/.test(text) ? "apiKey contains a space or a line break. Set it again without." : undefined),
  apiSecret: (text) =>
    /\s/.test(text) ? "apiSecret contains a space or a line break. Set it again without." : undefined,
  zone: (text) =>
    /^[a-z]{2}-[a-z]{2,3}-\d+$/.test(text) ? undefined : `zone is "${text}". Give one such as ch-gva-2 or de-fra-1.`,
  endpoint: (text) =>
    isEndpoint(text)
      ? undefined
      : `endpoint is "${text.replace(/\/\/.*@/, "//")}". Give an address such as https://api-ch-gva-2.exoscale.com/v2, or leave it out.`,
  sshPort: (text) => (isPort(text) ? undefined : notAPort(text)),
};

/** Whether a text is a URL to which a path can be added. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    !!url &&
    /^https?:$/.test(url.protocol) &&
    url.search === "" &&
    url.hash === "" &&
    url.username + url.password === ""
  );
}

/** Whether a text is a TCP port. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

/** The message for an `sshPort` that is not a port. */
export function notAPort(text: string): string {
  return `sshPort is "${text}". Give a port from 1 to 65535 (exoscale-ssh:sshPort, EXOSCALE_SSH_PORT).`;
}

function unknownSetting(name: string): string {
  return `exoscale-ssh has no setting "${name}". The settings are ${Object.keys(settings).join(", ")}.`;
}

function settingFailure(name: string, reason: string): SettingFailure {
  return { property: isSetting(name) && settings[name].secret ? "" : name, reason };
}

/** The fault of one half of the credentials without the other. */
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
