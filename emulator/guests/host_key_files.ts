/** The files in which a guest has its host keys, and those that stand for what its sshd has in memory. */
import { join } from "node:path";
import { readGuestFile, replaceGuestFile } from "./guest_files";
import { type HostKeyKind, type HostKeyPair, hostKeyFrom, hostKeyKinds } from "./host_keys";
import type { Place } from "./place";

/** Where the guest has its host keys. */
export const SSH_DIRECTORY = "/etc/ssh";

/**
 * Where the keys are that its sshd shows. A daemon reads its keys when it starts and when it is told to, and no guest has
 * one: its first start, and then `systemctl reload ssh`, copy them here.
 */
export const LOADED = "/var/lib/sshd";

/** The file of a host key, in the guest. */
export const hostKeyFile = (kind: HostKeyKind): string => `${SSH_DIRECTORY}/ssh_host_${kind}_key`;

/** Files of a host key, private and public. */
export function filesOf(key: HostKeyPair, hostname: string): [path: string, text: string, mode: number][] {
  const file = hostKeyFile(key.kind);
  return [
    [file, key.private, 0o600],
    [`${file}.pub`, `${key.public} root@${hostname}\n`, 0o644],
  ];
}

/** Puts host keys in the place of those that are there, which are of the same kinds. */
export async function writeHostKeys({ root, hostname }: Place, hostKeys: readonly HostKeyPair[]): Promise<void> {
  const files = hostKeys.flatMap((key) => filesOf(key, hostname));
  await Promise.all(files.map(([path, text, mode]) => replaceGuestFile(root, join(root, path), text, mode)));
}

/** The host keys in a directory of the guest. What cannot be read, or is no key, is none, as to sshd. */
export async function hostKeysIn({ root }: Place, directory: string): Promise<HostKeyPair[]> {
  const read = async (kind: HostKeyKind) => {
    const path = join(root, directory, `ssh_host_${kind}_key`);
    return hostKeyFrom(kind, await readGuestFile(root, path).catch(() => ""));
  };
  return (await Promise.all(hostKeyKinds.map(read))).filter((key) => key !== undefined);
}
