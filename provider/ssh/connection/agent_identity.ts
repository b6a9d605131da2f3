import { InvalidPublicKeyError } from "../../errors";
import { parseHostKeyPin } from "./host_key";

/**
 * The SHA256 fingerprint of the key that a text chooses among an agent's.
 *
 * @throws InvalidPublicKeyError
 */
export function parseAgentIdentity(text: string): string {
  try {
    return parseHostKeyPin(text).fingerprintSha256;
  } catch {
    throw new InvalidPublicKeyError(
      'This names no key of an ssh-agent: give its public key, "ssh-ed25519 AAAA..." as ssh-add -L prints it, or ' +
        '"SHA256:...".',
    );
  }
}
