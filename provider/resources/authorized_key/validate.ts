import type { Account } from "../../account";
import { InvalidPublicKeyError, InvalidTargetError } from "../../errors";
import { openPublicHalf } from "../../keys/opened_keys";
import { parsePublicKey, sameKey } from "../../keys/public_key";
import { bastionOf } from "../access/credentials";
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
    ...failureOf("publicKey", known(inputs.publicKey), parsePublicKey),
    ...(await unusableConnectionKeys(inputs.connection)),
    ...ownKeyConfined(inputs),
  ];
}

/** Checks options, addresses and host keys with the SSH code. Contacts no host. */
export function checkConnection(inputs: Inputs, { ssh, sshPort }: Account): CheckFailure[] {
  const problem = ssh.checkLineOptions(known(inputs.options) ?? []);
  const options = problem === undefined ? [] : [{ property: "options", reason: problem }];
  const connection = known(inputs.connection);
  if (connection === undefined) return options;
  const { host, port = sshPort } = connection;
  const users = [connection.user, known(inputs.user) ?? connection.user];
  return [
    ...options,
    ...users.flatMap((user) => failureOf("connection", { host, port, user }, ssh.checkTarget)).slice(0, 1),
    ...failureOf("connection.bastion", bastionOf(connection, connection.user), ssh.checkTarget),
    ...unreadablePublicKeys({ ssh }, connection),
  ];
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

function failureOf<T>(property: string, value: T | undefined, read: (value: T) => unknown): CheckFailure[] {
  if (value === undefined) return [];
  try {
    read(value);
    return [];
  } catch (error) {
    const isOurs = [InvalidTargetError, InvalidPublicKeyError].some((kind) => error instanceof kind);
    if (isOurs && error instanceof Error) return [{ property, reason: error.message }];
    throw error;
  }
}
