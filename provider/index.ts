/**
 * SSH keypairs and the instances that hold them on Exoscale, as Pulumi resources.
 *
 * Deleting a key from an account does not revoke it on instances that hold it. That is Exoscale's documented behaviour;
 * this package models it and says so where it matters.
 */
export { allowSsh } from "./dynamic/allow_ssh";
export {
  getInstanceType,
  getInstanceTypeOutput,
  getKeyHolders,
  getKeyHoldersOutput,
  getSshKeyPair,
  getSshKeyPairOutput,
  getTemplate,
  getTemplateOutput,
  getZones,
  getZonesOutput,
} from "./dynamic/functions";
export type * from "./dynamic/resources.gen";
export { AuthorizedKey, Instance, SecurityGroup, SshKeyPair } from "./dynamic/resources.gen";
