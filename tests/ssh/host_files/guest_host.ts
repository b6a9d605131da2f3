/** A guest of an emulator, and sessions on it as any account. */
import { connect } from "../../../provider/ssh/connection/connect";
import type { SshSession } from "../../../provider/ssh/connection/session";
import type { GuestHand } from "../../emulated";
import type { Kind } from "../../emulator/guest_kinds";
import { start } from "../../emulator/world";
import { makeKey, type TestKey } from "../test_keys";

export interface GuestHost {
  readonly guest: GuestHand;
  readonly key: TestKey;
  /** Logs in as debian or as root; `closeSessions` closes it: at most two to a host are open at once. */
  session(user?: string): Promise<SshSession>;
}

const sessions: SshSession[] = [];

/** Boots a guest on which one key opens debian and root. */
export async function guestHost(guests: Kind): Promise<GuestHost> {
  const { emulator, client } = await start({ guests, hostKeys: ["ed25519"] });
  emulator.cloud.openSsh();
  const key = makeKey();
  await client.register("admin", key.publicKey);
  const { id } = await client.create({ name: "web", "ssh-keys": [{ name: "admin" }] });
  const guest = await emulator.cloud.guest(id);
  await guest.writeAuthorizedKeys(`${key.publicKey}\n`, "root");
  const session = async (user = guest.user) => {
    const opened = await connect({ host: guest.address, port: guest.port, user }, [key], {
      knownHostKeys: [guest.hostKey],
    });
    sessions.push(opened);
    return opened;
  };
  return { guest, key, session };
}

export function closeSessions(): void {
  for (const session of sessions.splice(0)) session.close();
}
