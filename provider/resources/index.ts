import { instance } from "./instance/instance";
import { securityGroup } from "./security_group/security_group";
import { sshKeyPair } from "./ssh_key_pair/ssh_key_pair";

/** Every resource of the package, by name. The fronts and the schema are made from this table. */
export const resources = {
  SshKeyPair: sshKeyPair,
  Instance: instance,
  SecurityGroup: securityGroup,
};

export type ResourceName = keyof typeof resources;
