import type { HostAccess, HostKey } from "../../../account";
import { KeyUnprovenError } from "../../../errors";
import { hostKeyText } from "../../access/host_keys";
import { changeLabels } from "../../labels/change_labels";
import { HOST_KEY_LABEL, sha256InHex } from "../../labels/reserved_labels";
import type { Job } from "../job";
import { factsOf, isSameKey, type KeyFacts } from "./key_facts";
import type { KeyPlan } from "./key_plan";

/**
 * Makes sure that the host key is known before the host proves anything. If none is known, the first one is trusted and
 * recorded in a label. The machine must then have one of the keys that it was given, and all keys that are to be
 * removed: otherwise another machine at its address, which never had them, would seem to prove their removal.
 *
 * @throws KeyUnprovenError when it does not have them
 */
export async function trustOnFirstUse(job: Job, access: HostAccess, owner: string, plan: KeyPlan): Promise<HostAccess> {
  const { account, zone, id, deadline } = job;
  if (access.knownHostKeys?.length) return access;
  const { hostKey, publicKeys } = await account.ssh.listKeys({ ...access, acceptNew: true }, owner);
  const keysOnHost = publicKeys.map((publicKeyOpenssh) => factsOf({ name: "", publicKeyOpenssh }));
  const isOnHost = (key: KeyFacts) => keysOnHost.some((other) => isSameKey(other, key));
  const isRightMachine = plan.present.length === 0 || plan.present.some(isOnHost);
  if (!plan.removed.every(isOnHost) || !isRightMachine) throw otherMachineError(job, access, hostKey);
  await changeLabels(zone, id, () => ({ [HOST_KEY_LABEL]: sha256InHex(hostKey.fingerprintSha256) }), deadline);
  return { ...access, knownHostKeys: [hostKeyText(hostKey)] };
}

function otherMachineError(
  { inputs }: Job,
  { target }: HostAccess,
  { fingerprintSha256, type }: HostKey,
): KeyUnprovenError {
  return new KeyUnprovenError(
    `The host key of ${target.host} is not known, and the machine that answers there does not have the keys that ` +
      `instance "${inputs.name}" was given: it may be another machine. It shows ${fingerprintSha256} (${type}). If ` +
      "the instance has that host key, set connection.hostKey to it.",
  );
}
