import { InvalidPublicKeyError } from "../../errors";
import { type HostKeyPin, parseHostKeyPin } from "./host_key";

/**
 * The SHA256 fingerprint of the key that a text chooses among an agent's. The client library signs with no security key.
 *
 * @throws InvalidPublicKeyError
 */
export function parseAgentIdentity(text: string): string {
  const { type = "", fingerprintSha256 } = parsePin(text);
  if (!type.startsWith("sk-")) return fingerprintSha256;
  throw new InvalidPublicKeyError(
    "This is a FIDO security key, with which this client cannot log in: give another key of the ssh-agent.",
  );
}

function parsePin(text: string): HostKeyPin {
  try {
    return parseHostKeyPin(text);
  } catch {
    throw new InvalidPublicKeyError(
      'This names no key of an ssh-agent: give its public key, "ssh-ed25519 AAAA..." as ssh-add -L prints it, or ' +
        '"SHA256:...".',
    );
  }
}
