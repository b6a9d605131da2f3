import { InvalidSettingError, MissingCredentialsError, NotInAccountError } from "./errors";
import { AntiAffinityGroups } from "./exoscale/anti_affinity_groups";
import { Api, type ApiOptions } from "./exoscale/client";
import { InstancePools } from "./exoscale/instance_pools";
import { type InstanceType, InstanceTypes } from "./exoscale/instance_types";
import { Instances } from "./exoscale/instances";
import { PollSchedules } from "./exoscale/poll_schedule";
import { SecurityGroups } from "./exoscale/security_groups";
import { type SshKey, SshKeys } from "./exoscale/ssh_keys";
import { type Template, Templates } from "./exoscale/templates";
import { zoneEndpoint } from "./exoscale/zone_endpoint";
import { listZones, type Zone } from "./exoscale/zones";
import { failuresOfSettings, isPort, notAPort, type SettingFailure, type SettingName, settings } from "./settings";
import { checkLineOptions, roleOf, sameOptions } from "./ssh/authorized_keys/options";
import { parseAgentIdentity } from "./ssh/connection/agent_identity";
import { parseHostKeyPin } from "./ssh/connection/host_key";
import { checkTarget } from "./ssh/connection/target";
import { knownHostsLine, sshCommand, sshConfig } from "./ssh/openssh_text";

export type { Instance, InstanceSummary, InstanceUpdate } from "./exoscale/instance";
export type { InstanceType } from "./exoscale/instance_types";
export type { SecurityGroup, SecurityGroupRule } from "./exoscale/security_groups";
export type { Sharing } from "./exoscale/shared_reads";
export type { SshKey } from "./exoscale/ssh_keys";
export type { Template } from "./exoscale/templates";
export type { Zone } from "./exoscale/zones";
export type { Examination, KeyStatus } from "./ssh/change_keys/examine_key";
export type { Grant } from "./ssh/change_keys/find_grant";
export type { KeyChange, KeyChangeReport } from "./ssh/change_keys/key_change";
export type { KeyIdentity } from "./ssh/change_keys/key_identity";
export type { Bastion } from "./ssh/connection/bastion";
export type { Credential } from "./ssh/connection/credentials";
export type { HostAccess } from "./ssh/connection/host_access";
export type { HostKey } from "./ssh/connection/host_key";

/**
 * An Exoscale account and the hosts in it, as the resources see them. Only this file reads the EXOSCALE_* variables and
 * SSH_AUTH_SOCK, and only this file knows both the API and SSH.
 */
export interface Account {
  /** SSH keys of the account. Like groups, they are the same in every zone. */
  readonly sshKeys: SshKeys;
  readonly securityGroups: SecurityGroups;
  readonly antiAffinityGroups: AntiAffinityGroups;
  /** Zone of resources that name none; undefined if there is no default. */
  readonly defaultZone: string | undefined;
  /** Port of sshd if a connection names none. Default 22. */
  readonly sshPort: number;
  /** Socket of the environment's ssh-agent; undefined if there is none. */
  readonly agentSocket: string | undefined;
  /** All zones; requested once. */
  zones(): Promise<readonly Zone[]>;
  /** One zone's API. @throws NotInAccountError that lists the zones, UntrustedEndpointError */
  zone(name: string): Promise<ZoneAccount>;
  /** Makes one signed request, once. @throws MissingCredentialsError, CredentialsRejectedError, ApiUnreachableError */
  verifyCredentials(): Promise<void>;
  /** The keys of the account as that request found them. @throws as verifyCredentials does */
  firstKeys(): Promise<readonly SshKey[]>;
  /** Number of requests sent so far that change something, whether they succeeded or not. */
  changesSent(): number;
  /** Operations over SSH, and texts for OpenSSH clients. */
  readonly ssh: typeof sshToHosts;
}

/** The API of one zone. */
export interface ZoneAccount {
  readonly name: string;
  readonly instances: Instances;
  readonly instancePools: InstancePools;
  /** The groups, through this zone's API: an instance joins and leaves them in its own zone. */
  readonly securityGroups: SecurityGroups;
  /** The zone's instance types; requested once. */
  instanceTypes(): Promise<readonly InstanceType[]>;
  /** The zone's templates, public ones first; requested once. */
  templates(): Promise<readonly Template[]>;
  /** A template by its id, listed or not; undefined if it is gone. */
  template(id: string): Promise<Template | undefined>;
}

/** Reads a setting of the provider; undefined if the stack does not have it. */
export type ReadSetting = (name: SettingName) => string | undefined;

const DEFAULT_API_ZONE = "ch-gva-2";
const operations = (): typeof import("./ssh/operations") => require("./ssh/operations");

const sshToHosts = {
  get probe() {
    return operations().probe;
  },
  get listKeys() {
    return operations().listKeys;
  },
  get examineKey() {
    return operations().examineKey;
  },
  get findGrant() {
    return operations().findGrant;
  },
  get changeKeys() {
    return operations().changeKeys;
  },
  get renewHostKeys() {
    return operations().renewHostKeys;
  },
  get waitForSsh() {
    return operations().waitForSsh;
  },
  checkLineOptions,
  sameOptions,
  roleOf,
  checkTarget,
  parseHostKeyPin,
  parseAgentIdentity,
  knownHostsLine,
  sshCommand,
  sshConfig,
};

/**
 * Opens an account from the settings and the environment. Settings win; the variables are EXOSCALE_API_KEY,
 * EXOSCALE_API_SECRET, EXOSCALE_API_ENDPOINT, EXOSCALE_ZONE and EXOSCALE_SSH_PORT. This sends no request, and
 * credentials are only needed for the first one.
 */
export function openAccount(setting: ReadSetting, options: Pick<ApiOptions, "signal" | "log" | "polls"> = {}): Account {
  const read = settingsFrom(setting, process.env);
  const zone = read.zone;
  let changesSent = 0;
  const apiOptions = {
    polls: new PollSchedules(),
    leaveOutNulls: true,
    ...options,
    onChange: () => void changesSent++,
  };
  const endpoint = read.endpoint ?? `https://api-${zone ?? DEFAULT_API_ZONE}.exoscale.com/v2`;
  const api = new Api({ ...apiOptions, endpoint, credentials: () => credentials(read) });
  const zones = once(() => listZones(endpoint, options));
  const sshKeys = new SshKeys(api);
  const firstKeys = once(() => sshKeys.list());
  const zoneAccounts = new Map<string, ZoneAccount>();
  return {
    sshKeys,
    securityGroups: new SecurityGroups(api),
    antiAffinityGroups: new AntiAffinityGroups(api),
    defaultZone: zone,
    sshPort: sshPort(read.sshPort),
    agentSocket: process.env["SSH_AUTH_SOCK"] || undefined,
    zones,
    async zone(name) {
      const found = findZone(await zones(), name);
      const open = () =>
        zoneAccount(
          name,
          new Api({ ...apiOptions, endpoint: zoneEndpoint(found, endpoint), credentials: () => credentials(read) }),
        );
      const account = zoneAccounts.get(name) ?? open();
      zoneAccounts.set(name, account);
      return account;
    },
    changesSent: () => changesSent,
    verifyCredentials: async () => void (await firstKeys()),
    firstKeys,
    ssh: sshToHosts,
  };
}

/** What is wrong with the given settings, together with those of the environment. */
export function settingFailures(given: Readonly<Record<string, unknown>>): SettingFailure[] {
  return failuresOfSettings(given, process.env);
}

/** How long an opened account is shared, in milliseconds. It caches zones, types and templates for that time. */
const SHARED_FOR_MS = 60_000;
const accounts = new Map<string, { readonly account: Account; readonly until: number }>();
/** How long operations take is worth knowing for longer, and is small. */
const polls = new PollSchedules();

/**
 * The account for these settings and this environment; the same one for a minute. One process may run the programs of
 * several stacks, each with its own configuration, and may run for weeks.
 */
export function sharedAccount(setting: ReadSetting): Account {
  const now = Date.now();
  for (const [key, { until }] of accounts) if (until <= now) accounts.delete(key);
  const key = JSON.stringify(settingsFrom(setting, process.env));
  const opened = accounts.get(key) ?? { account: openAccount(setting, { polls }), until: now + SHARED_FOR_MS };
  accounts.set(key, opened);
  return opened.account;
}

function zoneAccount(name: string, api: Api): ZoneAccount {
  const templates = new Templates(api);
  const instanceTypes = new InstanceTypes(api);
  const listed = once(async () => {
    const lists = await Promise.all([templates.list("public"), templates.list("private")]);
    return lists.flat();
  });
  return {
    name,
    instances: new Instances(api),
    instancePools: new InstancePools(api),
    securityGroups: new SecurityGroups(api),
    instanceTypes: once(() => instanceTypes.list()),
    templates: listed,
    template: async (id) => (await listed()).find((template) => template.id === id) ?? templates.find(id),
  };
}

type Settings = { readonly [name in SettingName]: string | undefined };

function settingsFrom(setting: ReadSetting, environment: NodeJS.ProcessEnv): Settings {
  const names = Object.entries(settings) as [SettingName, (typeof settings)[SettingName]][];
  const read = names.map(([name, { environment: variable }]) => [name, setting(name) || environment[variable]]);
  // There is one entry for each name of the table.
  return Object.fromEntries(read.map(([name, value]) => [name, value || undefined])) as Settings;
}

function credentials({ apiKey, apiSecret }: Settings) {
  if (apiKey && apiSecret) return { apiKey, apiSecret };
  throw new MissingCredentialsError([
    ...(apiKey ? [] : ["apiKey" as const]),
    ...(apiSecret ? [] : ["apiSecret" as const]),
  ]);
}

function sshPort(text = "22"): number {
  if (isPort(text)) return Number(text);
  throw new InvalidSettingError(notAPort(text));
}

function findZone(zones: readonly Zone[], name: string): Zone {
  const zone = zones.find((candidate) => candidate.name === name);
  if (zone) return zone;
  throw new NotInAccountError(
    `There is no zone "${name}". The zones are ${zones
      .map((candidate) => candidate.name)
      .sort()
      .join(", ")}.`,
  );
}

/** Calls a function once and returns the same result to every caller. A failure is not cached. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= load().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
