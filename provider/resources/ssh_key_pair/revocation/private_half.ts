import type { Credential } from "../../../account";
import { publicHalf } from "../../../keys/public_half";
import type { Context } from "../../contract/resource";
import { present } from "../../contract/state";
import type { SshKeyPairState } from "../fields";
import { keyFilesOf } from "../key_file";

/** The private key of a pair as something to log in with, from the state or from its file on this machine. */
export async function privateHalf(
  state: SshKeyPairState,
  { files }: Pick<Context, "files">,
): Promise<Credential | undefined> {
  const { privateKeyOpenssh, passphrase } = state;
  if (privateKeyOpenssh !== undefined) return present({ privateKey: privateKeyOpenssh, passphrase });
  for (const path of keyFilesOf(state)) {
    const place = await files.look(path);
    if (place.is !== "file" || publicHalf(place.text)?.fingerprintMd5 !== state.publicKeyFingerprintMd5) continue;
    return present({ privateKey: place.text, passphrase });
  }
  return undefined;
}
