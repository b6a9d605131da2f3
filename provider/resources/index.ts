import { authorizedKey } from "./authorized_key/authorized_key";
import { getInstanceType } from "./functions/get_instance_type";
import { getKeyHolders } from "./functions/get_key_holders";
import { getSshKeyPair } from "./functions/get_ssh_key_pair";
import { getTemplate } from "./functions/get_template";
import { getZones } from "./functions/get_zones";
import { instance } from "./instance/instance";
import { securityGroup } from "./security_group/security_group";
import { sshKeyPair } from "./ssh_key_pair/ssh_key_pair";

/** Every resource of the package, by name. The fronts and the schema are made from this table. */
export const resources = {
  SshKeyPair: sshKeyPair,
  Instance: instance,
  SecurityGroup: securityGroup,
  AuthorizedKey: authorizedKey,
};

export type ResourceName = keyof typeof resources;

/** Every function of the package, by name. */
export const functions = { getSshKeyPair, getTemplate, getInstanceType, getZones, getKeyHolders };
