import type { HostAccess, HostKey } from "../../../account";
import { KeyUnprovenError } from "../../../errors";
import { changeLabels } from "../../labels/change_labels";
import { hostKeyLabel, sha256InHex } from "../../labels/reserved_labels";
import type { Job } from "../job";
import { factsOf, isSameKey } from "./key_facts";
import type { KeyPlan } from "./key_plan";

/**
 * Makes sure that a host is known before anything is concluded from it. The first key that it shows is taken, and recorded
 * in a label, if the machine has one of the keys that it was given, and all of those that are to go: that another machine at its
 * address has not, would be taken for a proof.
 *
 * @throws KeyUnprovenError when it has not
 */
export async function trustOnFirstUse(job: Job, access: HostAccess, owner: string, plan: KeyPlan): Promise<HostAccess> {
  const { account, zone, id, deadline } = job;
  if (access.knownHostKeys?.length) return access;
  const { hostKey, publicKeys } = await account.ssh.listKeys({ ...access, acceptNew: true }, owner);
  const there = publicKeys.map((publicKeyOpenssh) => factsOf({ name: "", publicKeyOpenssh }));
  const missing = plan.removed.filter((key) => !there.some((one) => isSameKey(one, key)));
  const isEvident = plan.present.length === 0 || plan.present.some((key) => there.some((one) => isSameKey(one, key)));
  if (missing.length > 0 || !isEvident) throw strangerError(job, access, hostKey);
  await changeLabels(zone, id, () => ({ [hostKeyLabel]: sha256InHex(hostKey.fingerprintSha256) }), deadline);
  return { ...access, knownHostKeys: [`${hostKey.type} ${hostKey.base64}`] };
}

function strangerError(
  { inputs }: Job,
  { target }: HostAccess,
  { fingerprintSha256, type }: HostKey,
): KeyUnprovenError {
  return new KeyUnprovenError(
    `The host key of ${target.host} is not known, and the machine that answers there does not have the keys that ` +
      `instance "${inputs.name}" was given: it may be another one. It shows ${fingerprintSha256} (${type}). If that is the right one, ` +
      "set connection.hostKey to it.",
  );
}
