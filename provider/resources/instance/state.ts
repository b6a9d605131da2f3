import type { Account, Instance, SshKey } from "../../account";
import { REFRESH_AGE_MS } from "../contract/refresh";
import { omitUndefined, pick } from "../contract/state";
import { isClosed } from "../labels/key_labels";
import { type InstanceInputs, type InstanceState, instanceInputs } from "./fields";
import type { Remembered } from "./job";
import { labelledOnly, unlistedKeys, unnamedKey, withBootKeys } from "./keys/given_keys";
import { factsOf } from "./keys/key_facts";
import { isUnsettled } from "./keys/key_plan";
import { listedKeys, staleKeys } from "./keys/keys";
import { findLoginUser, loginTexts } from "./login";

/** The whole state of an instance: what the program declares, what the API has, what the provider remembers. */
export async function readState(
  account: Account,
  inputs: InstanceInputs,
  instance: Instance,
  remembered: Remembered,
): Promise<InstanceState> {
  const user = await findLoginUser(account, inputs, instance);
  const registered = await account.sshKeys.list({ maxAgeMs: REFRESH_AGE_MS });
  return omitUndefined({
    ...inputs,
    instanceId: instance.id,
    templateId: instance.template?.id,
    state: instance.state,
    publicIp: instance["public-ip"],
    ipv6Address: instance["ipv6-address"],
    user,
    createdAt: instance["created-at"],
    ...loginTexts(account, inputs, instance, user, remembered.hostKeys),
    ...remembered,
    deletionProtection: declaredProtection(inputs, remembered),
    ...keyLists(instance, inputs, remembered, registered),
    keysUnsettled: isUnsettled(inputs, remembered, instance) || undefined,
  });
}

/** The protection as it was set, which may differ from the declared one. Absent if nobody ever declared or set it. */
export function declaredProtection(
  inputs: Pick<InstanceInputs, "deletionProtection">,
  { deletionProtection }: Remembered,
): boolean | undefined {
  return deletionProtection || inputs.deletionProtection === undefined ? deletionProtection || undefined : false;
}

function keyLists(
  instance: Instance,
  { sshKeys }: Pick<InstanceInputs, "sshKeys">,
  remembered: Remembered,
  registered: readonly SshKey[],
) {
  const { labels } = instance;
  const bootSshKeys = listedKeys(instance["ssh-keys"]);
  const heldKeys = remembered.heldKeys.map(({ closed: _before, ...key }) =>
    isClosed(labels, factsOf(key)) ? { ...key, closed: true as const } : key,
  );
  const open = bootSshKeys.filter((key) => !isClosed(labels, key));
  const recorded = withBootKeys(heldKeys, instance);
  const given = [...heldKeys, ...labelledOnly(labels, recorded, registered)];
  const unlisted = unlistedKeys(labels, recorded, sshKeys).map(({ sha256Hex = "" }) => ({
    name: unnamedKey(sha256Hex),
  }));
  return { bootSshKeys, heldKeys, staleSshKeys: [...staleKeys(open, given, registered), ...unlisted] };
}

/** The inputs that describe an instance as it is now. What the API does not know stays as the program gave it. */
export function inputsInState(state: InstanceState): InstanceInputs {
  const { state: running, ...rest } = state;
  const inputs = pick(Object.keys(instanceInputs.shape), rest);
  return { ...inputs, state: running === "stopped" || running === "stopping" ? "stopped" : "running" };
}

/** The part of a state that a read or an update keeps. */
export function rememberedIn(last: Partial<InstanceState>): Remembered {
  const { heldKeys, hostKeys, owner, deletionProtection, unfinished } = last;
  return omitUndefined({
    heldKeys: heldKeys ?? [],
    hostKeys,
    owner,
    deletionProtection: deletionProtection === true,
    unfinished: unfinished || undefined,
  });
}
