/** The files of a guest's host keys, and copies of those that its sshd has loaded. */
import { join } from "node:path";
import { readGuestFile, replaceGuestFile } from "./guest_files";
import { type HostKeyKind, type HostKeyPair, hostKeyFrom, hostKeyKinds } from "./host_keys";
import type { Place } from "./place";

/** The directory of the guest's host keys. */
export const SSH_DIRECTORY = "/etc/ssh";

/**
 * The directory of the host keys that the guest shows. A daemon loads its keys at its start and at a reload. Guests
 * have no daemon: their start and `systemctl reload ssh` copy the keys here.
 */
export const LOADED = "/var/lib/sshd";

/** The file of a host key, in the guest. */
export const hostKeyFile = (kind: HostKeyKind): string => `${SSH_DIRECTORY}/ssh_host_${kind}_key`;

/** The private and the public file of a host key. */
export function filesOf(key: HostKeyPair, hostname: string): [path: string, text: string, mode: number][] {
  const file = hostKeyFile(key.kind);
  return [
    [file, key.private, 0o600],
    [`${file}.pub`, `${key.public} root@${hostname}\n`, 0o644],
  ];
}

/** Replaces the host keys with others of the same kinds. */
export async function writeHostKeys({ root, hostname }: Place, hostKeys: readonly HostKeyPair[]): Promise<void> {
  const files = hostKeys.flatMap((key) => filesOf(key, hostname));
  await Promise.all(files.map(([path, text, mode]) => replaceGuestFile(root, join(root, path), text, mode)));
}

/**
 * The host keys in a directory of the guest. Like sshd, it ignores files that it cannot read and files without a key.
 */
export async function hostKeysIn({ root }: Place, directory: string): Promise<HostKeyPair[]> {
  const read = async (kind: HostKeyKind) => {
    const path = join(root, directory, `ssh_host_${kind}_key`);
    return hostKeyFrom(kind, await readGuestFile(root, path).catch(() => ""));
  };
  return (await Promise.all(hostKeyKinds.map(read))).filter((key) => key !== undefined);
}
