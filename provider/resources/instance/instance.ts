import { hasUnknown, known } from "../contract/description";
import { newOwner } from "../contract/identity";
import type { Resource } from "../contract/resource";
import { OWNER_LABEL } from "../labels/reserved_labels";
import { isGone } from "../machine";
import { formatAddress, parseAddress } from "./address";
import { checkInstance } from "./checks/check_against_account";
import { validateInstance } from "./checks/validate";
import { validateInstanceChange } from "./checks/validate_change";
import { createInstance } from "./creation/create";
import { notReplacedText, rememberSaved, takenOverText } from "./creation/mark";
import { type InstanceInputs, type InstanceState, instanceInputs } from "./fields";
import { isSameReference, sameKeys } from "./keys/keys";
import { instanceOutputs } from "./outputs";
import { explainProtection, refuseIfDeclaredProtected } from "./protection";
import { beginImport, equalSets, readInputs } from "./read_inputs";
import { adjustInstanceDiff } from "./replacement";
import { inputsInState, readState, rememberedIn } from "./state";
import { deadlineOf, timeoutsOf, withinTimeout } from "./timeouts";
import { updateInstance } from "./update";
import { encodeUserData, warnIfEncodedTwice } from "./user_data";

/**
 * A compute instance and the SSH keys that it was given.
 *
 * An instance gets its keys once, at its first boot; no operation of the API changes them afterwards. So a change of
 * `sshKeys` never makes a new instance silently. With a declared connection it is made over SSH, on the running
 * machine. Without one it is refused, unless the program permits a new instance.
 */
export const instance: Resource<InstanceInputs, InstanceState> = {
  name: "Instance",
  description:
    "A compute instance on Exoscale, provisioned with SSH keys of the account. The keys are installed at first boot " +
    "and stay valid there when they are deleted from the account.",
  inputs: instanceInputs,
  outputs: instanceOutputs,
  sameValue: {
    sshKeys: sameKeys,
    type: (last, next) => !hasUnknown(next) && last.toLowerCase() === known(next)?.toLowerCase(),
    userData: (last, next) => {
      const text = known(next);
      return last === undefined || text === undefined ? last === next : encodeUserData(last) === encodeUserData(text);
    },
    deletionProtection: (last, next) => !hasUnknown(next) && (last ?? false) === (known(next) ?? false),
    // The groups in the state are those that were found. A program that names none leaves them as they are.
    antiAffinityGroups: (last, next) => !hasUnknown(next) && equalSets(last, known(next)),
    securityGroups: (last, next) => next === undefined || (!hasUnknown(next) && equalSets(last, known(next))),
  },

  sameItem: { sshKeys: isSameReference },

  applyDefaults(inputs, { defaultZone }, olds) {
    // An existing instance stays in its zone, even if the default has changed.
    const zone = inputs.zone ?? olds?.zone ?? defaultZone;
    const owner = olds ? olds.owner : newOwner({ identity: known(inputs.identity) });
    const { owner: _given, ...declared } = inputs;
    return { ...declared, ...(zone !== undefined && { zone }), ...(owner !== undefined && { owner }) };
  },
  validate: validateInstance,
  validateChange: validateInstanceChange,
  checkAgainstAccount: checkInstance,
  adjustDiff: adjustInstanceDiff,
  async create(inputs, context) {
    warnIfEncodedTwice(inputs, undefined, context.log);
    return await createInstance(inputs, context);
  },

  async read(id, last, { account, run }) {
    rememberSaved(last, run);
    const address = parseAddress(id);
    const zone = await account.zone(address.zone);
    const found = await zone.instances.find(address.id);
    if (!found || isGone(found.state)) return undefined;
    const before = last
      ? { inputs: inputsInState(last), remembered: rememberedIn(last) }
      : beginImport(zone, found, await account.sshKeys.list());
    const inputs = await readInputs(account, zone, found, before.inputs);
    const state = await readState(account, inputs, found, before.remembered);
    return { id: formatAddress(zone, found.id), inputs: inputsInState(state), state };
  },

  async update(id, last, inputs, context) {
    rememberSaved(last, context.run);
    warnIfEncodedTwice(inputs, last.userData, context.log);
    return await updateInstance(parseAddress(id), last, inputs, context);
  },

  async delete(id, last, context) {
    const { account, log, run } = context;
    rememberSaved(last, run);
    const address = parseAddress(id);
    const zone = await account.zone(address.zone);
    const found = await zone.instances.find(address.id);
    const owner = found?.labels?.[OWNER_LABEL];
    if (owner !== undefined && last.owner !== undefined && owner !== last.owner) {
      log.warn(run.created.has(address.id) ? notReplacedText(last, address) : takenOverText(address));
      return;
    }
    if (!found) return;
    refuseIfDeclaredProtected(address, last);
    try {
      const timeouts = timeoutsOf(last, context);
      const deadline = deadlineOf(timeouts, "delete");
      await withinTimeout(timeouts, "delete", () => zone.instances.remove(address.id, deadline));
    } catch (error) {
      throw explainProtection(address, found, error);
    }
  },
};
