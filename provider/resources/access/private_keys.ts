import { ExoscaleSshError, WrongPassphraseError } from "../../errors";
import { checkCanBeWritten } from "../../keys/encode";
import { openPrivateKey } from "../../keys/opened_keys";
import type { PrivateKey } from "../../keys/private_key";
import { isGiven, known, type Previewed } from "../contract/description";
import type { CheckFailure } from "../contract/resource";
import { endsOf } from "./ends";

/** A private key among inputs, and the passphrase beside it. */
export interface PrivateKeyInputs {
  readonly privateKey?: Previewed<string | undefined>;
  readonly passphrase?: Previewed<string | undefined>;
}

/** The private keys in a connection. */
export interface ConnectionKeys extends PrivateKeyInputs {
  readonly bastion?: Previewed<PrivateKeyInputs | undefined>;
}

/**
 * A failure for a private key that cannot be read, or that could not be used once it is read. No reason repeats any part
 * of it.
 *
 * @param property the input that has the key
 * @param passphraseProperty the input that has the passphrase. Default: the same
 * @param refuse throws for a key that can be read and may not be used here. Default: none
 */
export async function unusablePrivateKey(
  { privateKey, passphrase }: PrivateKeyInputs,
  property: string,
  passphraseProperty = property,
  refuse: (key: PrivateKey) => PrivateKey = (key) => key,
): Promise<CheckFailure[]> {
  const [text, phrase] = [known(privateKey), known(passphrase)];
  if (text === undefined || (isGiven(passphrase) && phrase === undefined)) return [];
  try {
    await checkCanBeWritten(refuse(await openPrivateKey(text, phrase)));
    return [];
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    const isPassphrase = error instanceof WrongPassphraseError;
    return [{ property: isPassphrase ? passphraseProperty : property, reason: error.message }];
  }
}

/** The same for the keys of a connection: one that logs in to the host, and one for the jump host before it. */
export async function unusableConnectionKeys(
  connection: Previewed<ConnectionKeys | undefined>,
): Promise<CheckFailure[]> {
  const ends = endsOf<PrivateKeyInputs>(connection);
  const failures = await Promise.all(ends.map(([property, end]) => unusablePrivateKey(end, `${property}.privateKey`)));
  return failures.flat();
}
