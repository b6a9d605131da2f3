/** Name of the files about a resource or function, without an ending: `SshKeyPair` is in `ssh_key_pair`. */
export function fileName(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, "_$&").toLowerCase();
}
