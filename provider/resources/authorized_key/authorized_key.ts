import { InvalidArgumentError } from "../../errors";
import { parsePublicKey, sameKey } from "../../keys/public_key";
import { known, type Previewed, UNKNOWN } from "../contract/description";
import type { Context, Resource } from "../contract/resource";
import { inputsOf, PARTIAL_UPDATE_MARK } from "../contract/state";
import { describeGrant, grantAccess, hostKeyText } from "./access";
import { type AuthorizedKeyInputs, type AuthorizedKeyState, authorizedKeyInputs, authorizedKeyOutputs } from "./fields";
import { rememberGrant } from "./granted_in_run";
import { partialCreation } from "./partial_creation";
import { readGrant } from "./read_grant";
import { removeGrant } from "./remove_grant";
import { applyAuthorizedKeyDefaults, checkConnection, validateAuthorizedKey } from "./validate";

/**
 * One public key on one account of one host with an sshd, Exoscale or not: added and proven to be accepted, later removed
 * and proven to be refused. Everything goes over SSH; the account is not asked and no credentials for it are needed.
 */
export const authorizedKey: Resource<AuthorizedKeyInputs, AuthorizedKeyState> = {
  name: "AuthorizedKey",
  description:
    "One public key on one account of one host that can be reached over SSH, Exoscale or not. It is added to " +
    "`authorized_keys` and proven to be accepted. When it is deleted it is removed there and proven to be refused.",
  inputs: authorizedKeyInputs,
  outputs: authorizedKeyOutputs,
  sameValue: {
    publicKey: isSameKey,
    // The one that logs in may be unknown for a moment, as is all of a connection whose private key is about to be made.
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
    const made = { ...inputs, fingerprintSha256 };
    const id = `${inputs.user}/${fingerprintSha256}`;
    try {
      return { id, state: await grantKey(made, context) };
    } catch (error) {
      throw partialCreation(id, made, error);
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
    const { account, run } = context;
    const { fingerprintSha256, hostKey } = last;
    const state = { ...inputs, fingerprintSha256, hostKey };
    const sameOptions = account.ssh.sameOptions(last.options ?? [], inputs.options ?? []);
    if (sameOptions && last.comment === inputs.comment && !isUncertain(last)) return state;
    const access = grantAccess(account, inputs.connection, hostKey, last.connection);
    const report = await writeLine(state, context, access, "replace");
    const next = { ...state, hostKey: hostKeyText(report.hostKey) };
    // What the creation was to replace is deleted in this run, and may be the same line: nobody knows any more.
    if (last.unfinished === true) rememberGrant(run, next, true);
    return next;
  },

  delete: removeGrant,
};

/** Whether a run has failed since the line was last known to be as the state has it. */
function isUncertain(state: AuthorizedKeyState): boolean {
  return state.unfinished === true || PARTIAL_UPDATE_MARK in state;
}

function isSameKey(last: string, next: Previewed<string>): boolean {
  return next !== UNKNOWN && (last === next || sameKey(parsePublicKey(last), parsePublicKey(next)));
}

type Access = ReturnType<typeof grantAccess>;
type Made = Omit<AuthorizedKeyState, "hostKey">;

/** Grants what no state knows of so far. A line that is there already with the same options is taken as it is. */
async function grantKey(made: Made, context: Context): Promise<AuthorizedKeyState> {
  const { account, run } = context;
  const report = await writeLine(made, context, grantAccess(account, made.connection, undefined), "report");
  const wasThere = report.added.length === 0;
  const state = { ...made, hostKey: hostKeyText(report.hostKey) };
  // Who declares a comment wants it on a line that was there already, too; its options are the same.
  const access = grantAccess(account, made.connection, state.hostKey);
  if (wasThere && made.comment !== undefined) await writeLine(made, context, access, "replace");
  rememberGrant(run, state, wasThere);
  return state;
}

/** Has the line on the host, as declared, and has sshd's word for it. */
async function writeLine(grant: Made, { account, log }: Context, access: Access, whenPresent: "report" | "replace") {
  const { user, publicKey, options = [], comment, allowLockout = false } = grant;
  const line = { key: parsePublicKey(publicKey), options, ...(comment !== undefined && { comment }) };
  return await account.ssh.changeKeys(access, { user, add: [line], whenPresent, allowLockout }, (step) =>
    log.info(`${describeGrant(grant)}: ${step}.`),
  );
}
