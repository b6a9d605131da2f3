import { resources } from "../resources";
import { dynamicProvider } from "./dynamic_provider";

/**
 * The closures in `providers.ts` load this module in the process that Pulumi starts for dynamic providers. Every state
 * has its path, `pulumi-exoscale-ssh/dynamic/impl`, and the names of its exports: never rename them.
 */
export const SshKeyPair = dynamicProvider(resources.SshKeyPair);
export const Instance = dynamicProvider(resources.Instance);
export const SecurityGroup = dynamicProvider(resources.SecurityGroup);
export const AuthorizedKey = dynamicProvider(resources.AuthorizedKey);
