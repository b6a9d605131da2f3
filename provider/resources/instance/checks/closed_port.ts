import type { Account, SecurityGroup } from "../../../account";
import { isGiven, known, type PreviewedFields, UNKNOWN } from "../../contract/description";
import type { CheckContext, OldInputs } from "../../contract/resource";
import type { Run } from "../../contract/run";
import { findGroup } from "../../group_choice";
import { closedPort, type GroupRules, sourcesLetIn } from "../../open_port";
import type { InstanceInputs } from "../fields";
import { sameKeys } from "../keys/keys";

type Inputs = PreviewedFields<InstanceInputs>;

/** The group in which Exoscale puts an instance that is created without groups. */
const DEFAULT_GROUP = "default";

/**
 * Warns if this run will connect to the instance, and none of its groups opens the port: the commonest mistake of the
 * first program. Groups whose rules are not known yet count as open.
 */
export async function warnOfClosedPort(
  inputs: Inputs,
  { account, run, log }: CheckContext,
  olds: OldInputs<InstanceInputs>,
): Promise<void> {
  const port = portToConnectTo(inputs, account, olds);
  const wanted = isGiven(inputs.securityGroups) || olds ? known(inputs.securityGroups) : [DEFAULT_GROUP];
  if (port === undefined || wanted === undefined) return;
  // A failure of these requests must not refuse the program: this only warns.
  const groups = await readRules(wanted, account, run).catch(() => undefined);
  if (groups === undefined || sourcesLetIn(groups, port).length > 0) return;
  log.warn(
    `${closedPort(known(inputs.name) ?? "", groups, port)}: without it this run cannot connect to the instance.`,
  );
}

/** The port at the public address to which this run will connect; undefined if it will not, or if that is not known. */
function portToConnectTo(inputs: Inputs, account: Account, olds: OldInputs<InstanceInputs>): number | undefined {
  const { connection, waitForSsh, publicIpAssignment } = inputs;
  const waits = waitForSsh === true && olds?.waitForSsh !== true;
  const changesKeys = isGiven(connection) && !(olds && sameKeys(olds.sshKeys, inputs.sshKeys));
  if (connection === UNKNOWN || publicIpAssignment === "none" || !(waits || changesKeys)) return undefined;
  return isGiven(connection?.host) ? undefined : known(connection?.port ?? account.sshPort);
}

/** The groups with their rules; undefined if those of one are not known yet. */
async function readRules(wanted: readonly string[], account: Account, run: Run): Promise<GroupRules[] | undefined> {
  const listed = await account.securityGroups.list();
  const found = await Promise.all(wanted.map((group) => findRules(group, listed, account, run)));
  const groups = found.filter((group) => group !== undefined);
  return groups.length < found.length ? undefined : groups;
}

/**
 * A group with the rules that the program declares for it, else with those that it has. Undefined: they are not known
 * yet, or the account does not have the group yet.
 */
async function findRules(
  wanted: string,
  listed: readonly SecurityGroup[],
  { securityGroups }: Account,
  { declaredGroups }: Run,
): Promise<GroupRules | undefined> {
  const group = findGroup(listed, wanted);
  const name = group?.name ?? wanted;
  const declared = declaredGroups.get(name);
  if (declared !== undefined) return { name, rules: declared };
  if (declaredGroups.has(name)) return undefined;
  // A list may leave out the rules.
  return group && (await securityGroups.find(group.id));
}
