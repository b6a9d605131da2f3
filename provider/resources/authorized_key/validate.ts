import type { Account } from "../../account";
import { InvalidPublicKeyError } from "../../errors";
import { openPublicHalf } from "../../keys/opened_keys";
import { parsePublicKey, sameKey } from "../../keys/public_key";
import { impossibleAddresses, impossibleUser } from "../access/addresses";
import { failureOf } from "../access/ends";
import { unreadablePublicKeys } from "../access/host_keys";
import { unusableConnectionKeys } from "../access/private_keys";
import { known, type PreviewedFields, UNKNOWN } from "../contract/description";
import type { CheckFailure } from "../contract/resource";
import type { AuthorizedKeyInputs } from "./fields";

type Inputs = PreviewedFields<AuthorizedKeyInputs>;

/** Sets the user whose file is changed: the one that logs in, unless the program names another. */
export function applyAuthorizedKeyDefaults(inputs: Inputs): Inputs {
  const { connection } = inputs;
  return { ...inputs, user: inputs.user ?? (connection === UNKNOWN ? UNKNOWN : connection.user) };
}

/** Checks that the given keys can be read, and that the options do not lock out the key that logs in. */
export async function validateAuthorizedKey(inputs: Inputs): Promise<CheckFailure[]> {
  return [
    ...failureOf("publicKey", known(inputs.publicKey), parsePublicKey, InvalidPublicKeyError),
    ...(await unusableConnectionKeys(inputs.connection)),
    ...ownKeyConfined(inputs),
  ];
}

/** Checks options, addresses and host keys with the SSH code. Contacts no host. */
export function checkConnection(inputs: Inputs, { ssh }: Account): CheckFailure[] {
  const problem = ssh.checkLineOptions(known(inputs.options) ?? []);
  return [
    ...(problem === undefined ? [] : [{ property: "options", reason: problem }]),
    ...impossibleAddresses({ ssh }, inputs.connection),
    ...impossibleOwner(inputs, { ssh }),
    ...unreadablePublicKeys({ ssh }, inputs.connection),
  ];
}

/** The default is the user that logs in, who has a failure already. */
function impossibleOwner({ user, connection }: Inputs, account: Pick<Account, "ssh">): CheckFailure[] {
  const named = known(user);
  const isDefault = connection !== UNKNOWN && connection.user === named;
  return isDefault ? [] : impossibleUser(account, "user", named);
}

/** Options with which a login gives no shell, so that it cannot change or remove the line again. */
const LEAVES_NO_SHELL = /^(command=|cert-authority$)/i;

function ownKeyConfined(inputs: Inputs): CheckFailure[] {
  const [connection, options] = [known(inputs.connection), known(inputs.options)];
  const publicKey = known(inputs.publicKey);
  const confining = options?.find((option) => LEAVES_NO_SHELL.test(option));
  if (confining === undefined || publicKey === undefined || inputs.allowLockout === true) return [];
  if (connection?.privateKey === undefined || connection.user !== inputs.user) return [];
  if (!opens(connection.privateKey, connection.passphrase, publicKey)) return [];
  const reason =
    `connection logs in with this key. With ${confining.split("=", 1)[0]} it could no longer run commands, so the line could ` +
    "not be changed or removed again. Log in with another key, or set allowLockout: true.";
  return [{ property: "options", reason }];
}

function opens(privateKey: string, passphrase: string | undefined, publicKey: string): boolean {
  // Other rules report keys that cannot be read.
  const half = openPublicHalf(privateKey, passphrase);
  try {
    return half !== undefined && sameKey(half, parsePublicKey(publicKey));
  } catch {
    return false;
  }
}
