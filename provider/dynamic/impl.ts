import { resources } from "../resources";
import { dynamicProvider } from "./dynamic_provider";

/**
 * What the closures in `providers.ts` fetch, in the process that Pulumi starts for dynamic providers. The path of this
 * module, `pulumi-exoscale-ssh/dynamic/impl`, and the names that it exports stand in every state: never rename them.
 */
export const SshKeyPair = dynamicProvider(resources.SshKeyPair);
export const Instance = dynamicProvider(resources.Instance);
export const SecurityGroup = dynamicProvider(resources.SecurityGroup);
export const AuthorizedKey = dynamicProvider(resources.AuthorizedKey);
