import { InvalidArgumentError } from "../../errors";
import { parsePublicKey, sameKey } from "../../keys/public_key";
import { hostKeyText } from "../access/host_keys";
import { known, type Previewed, UNKNOWN } from "../contract/description";
import type { Context, Resource } from "../contract/resource";
import { inputsOf, PARTIAL_UPDATE_MARK } from "../contract/state";
import { describeGrant, grantAccess } from "./access";
import { type AuthorizedKeyInputs, type AuthorizedKeyState, authorizedKeyInputs, authorizedKeyOutputs } from "./fields";
import { rememberGrant } from "./granted_in_run";
import { partialCreation } from "./partial_creation";
import { readGrant } from "./read_grant";
import { removeGrant } from "./remove_grant";
import { applyAuthorizedKeyDefaults, checkConnection, validateAuthorizedKey } from "./validate";

/**
 * One public key on one account of one host with an sshd, at Exoscale or elsewhere. It is added and proven to be
 * accepted, later removed and proven to be refused. Everything goes over SSH: the API and its credentials are not used.
 */
export const authorizedKey: Resource<AuthorizedKeyInputs, AuthorizedKeyState> = {
  name: "AuthorizedKey",
  description:
    "One public key on one account of one host that is reached over SSH, at Exoscale or elsewhere. It is added to " +
    "`authorized_keys` and proven to be accepted. On deletion it is removed there and proven to be refused.",
  inputs: authorizedKeyInputs,
  outputs: authorizedKeyOutputs,
  sameValue: {
    publicKey: isSameKey,
    // The default is `connection.user`. The whole connection is unknown at a preview if its private key is yet to be
    // created.
    user: (last, next) => next === UNKNOWN || last === next,
  },

  applyDefaults: applyAuthorizedKeyDefaults,
  validate: validateAuthorizedKey,
  validateChange: async () => [],
  checkAgainstAccount: async (inputs, { account }) => checkConnection(inputs, account),
  adjustDiff(diff, state, inputs) {
    const connection = known(inputs.connection);
    const isElsewhere = connection?.host.toLowerCase() !== state.connection.host.toLowerCase();
    const replaces = connection && isElsewhere ? [...diff.replaces, "connection"] : diff.replaces;
    return { ...diff, replaces, drifted: isUncertain(state) };
  },

  async create(inputs, context) {
    const { fingerprintSha256 } = parsePublicKey(inputs.publicKey);
    const grant = { ...inputs, fingerprintSha256 };
    const id = `${inputs.user}/${fingerprintSha256}`;
    try {
      return { id, state: await grantKey(grant, context) };
    } catch (error) {
      throw partialCreation(id, grant, error);
    }
  },

  async read(id, last, context) {
    if (!last) {
      throw new InvalidArgumentError(
        `AuthorizedKey "${id}" cannot be read by its id, which does not say how to reach the host. Declare it instead: a key ` +
          "that is already there, with the same options, is taken over unchanged.",
      );
    }
    const state = await readGrant(last, context);
    return state && { id, inputs: inputsOf(authorizedKeyInputs, state), state };
  },

  async update(_id, last, inputs, context) {
    const { account } = context;
    const { fingerprintSha256, hostKey } = last;
    const state = { ...inputs, fingerprintSha256, hostKey };
    const sameOptions = account.ssh.sameOptions(last.options ?? [], inputs.options ?? []);
    if (sameOptions && last.comment === inputs.comment && !isUncertain(last)) return state;
    const access = grantAccess(account, inputs.connection, hostKey, last.connection);
    const report = await writeLine(state, context, access, "replace", last.options ?? []);
    const next = { ...state, hostKey: hostKeyText(report.hostKey) };
    // This run also deletes what the failed creation replaced, which may be the same line. So the key counts as present
    // before.
    if (last.unfinished === true) rememberGrant(context, next, true);
    return next;
  },

  delete: removeGrant,
};

/** Whether a failed run may have changed the line since the state was last confirmed. */
function isUncertain(state: AuthorizedKeyState): boolean {
  return state.unfinished === true || PARTIAL_UPDATE_MARK in state;
}

function isSameKey(last: string, next: Previewed<string>): boolean {
  return next !== UNKNOWN && (last === next || sameKey(parsePublicKey(last), parsePublicKey(next)));
}

type Access = ReturnType<typeof grantAccess>;
type NewGrant = Omit<AuthorizedKeyState, "hostKey">;

/** Adds a key for a new resource. A line that is already there with the same options is taken over unchanged. */
async function grantKey(grant: NewGrant, context: Context): Promise<AuthorizedKeyState> {
  const { account } = context;
  const report = await writeLine(grant, context, grantAccess(account, grant.connection, undefined), "report");
  const wasThere = report.added.length === 0;
  const state = { ...grant, hostKey: hostKeyText(report.hostKey) };
  // A declared comment also goes on a line that was already there; its options are the same.
  const access = grantAccess(account, grant.connection, state.hostKey);
  if (wasThere && grant.comment !== undefined) await writeLine(grant, context, access, "replace");
  rememberGrant(context, state, wasThere);
  return state;
}

/** Writes the line to the host as declared, and proves with sshd that the key is accepted. */
async function writeLine(
  grant: NewGrant,
  { account, log }: Context,
  access: Access,
  whenPresent: "report" | "replace",
  formerOptions?: readonly string[],
) {
  const { user, publicKey, options = [], comment, allowLockout = false } = grant;
  const line = {
    key: parsePublicKey(publicKey),
    options,
    ...(comment !== undefined && { comment }),
    ...(formerOptions && { formerOptions }),
  };
  const change = { user, add: [line], whenPresent, allowLockout };
  const report = await account.ssh.changeKeys(access, change, (step) => log.info(`${describeGrant(grant)}: ${step}.`));
  for (const note of report.notes) log.warn(`${describeGrant(grant)}: ${note}`);
  return report;
}
