import type { Credential } from "../../account";
import { publicHalf } from "../../keys/public_half";
import type { Context } from "../contract/resource";
import { omitUndefined } from "../contract/state";
import type { RevocableKey, Successor } from "../revocation/revocable_key";
import type { Obstacle } from "../revocation/table";
import type { SshKeyPairState } from "./fields";
import { keyFilesOf } from "./key_file";

/** A pair in the form that revocation needs, with the private key from the state or from its file on this machine. */
export async function revocableKey(
  pair: SshKeyPairState,
  successor: SshKeyPairState | undefined,
  context: Pick<Context, "files">,
): Promise<RevocableKey> {
  return {
    name: pair.name,
    fingerprintMd5: pair.publicKeyFingerprintMd5,
    fingerprintSha256: pair.publicKeyFingerprintSha256,
    publicKeyOpenssh: pair.publicKeyOpenssh,
    credential: (await privateHalf(pair, context)) ?? noPrivateHalf(pair),
    connection: pair.connection,
    allowLockout: pair.allowLockout,
    endSessions: pair.terminateSessions === true,
    successor: successor && (await asSuccessor(successor, context)),
  };
}

async function asSuccessor(pair: SshKeyPairState, context: Pick<Context, "files">): Promise<Successor> {
  const { name, publicKeyOpenssh, connection } = pair;
  return { name, publicKeyOpenssh, connection, credential: await privateHalf(pair, context) };
}

async function privateHalf(state: SshKeyPairState, { files }: Pick<Context, "files">): Promise<Credential | undefined> {
  const { privateKeyOpenssh, passphrase } = state;
  if (privateKeyOpenssh !== undefined) return omitUndefined({ privateKey: privateKeyOpenssh, passphrase });
  for (const path of keyFilesOf(state)) {
    const place = await files.inspect(path);
    if (place.is !== "file" || publicHalf(place.text)?.fingerprintMd5 !== state.publicKeyFingerprintMd5) continue;
    return omitUndefined({ privateKey: place.text, passphrase });
  }
  return undefined;
}

function noPrivateHalf({ privateKeyFile, publicKey }: SshKeyPairState): Obstacle {
  if (privateKeyFile !== undefined) {
    const what = `"${privateKeyFile}" on this machine does not hold the private key of the pair, which is needed to log in`;
    return { what, todo: "run Pulumi on the machine that has the file, or give a connection that logs in" };
  }
  const why = publicKey === undefined ? "the state has no private key of the pair" : "only the public key was imported";
  return { what: `there is no key to log in with: ${why}`, todo: "give a connection, or start an ssh-agent" };
}
