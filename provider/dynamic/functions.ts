import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Account, sharedAccount } from "../account";
import { ExoscaleSshError } from "../errors";
import { functions } from "../resources";
import { type AccountFunction, callFunction } from "../resources/functions/function";
import type {
  GetInstanceTypeArgs,
  GetInstanceTypeResult,
  GetKeyHoldersArgs,
  GetKeyHoldersResult,
  GetSshKeyPairArgs,
  GetSshKeyPairResult,
  GetTemplateArgs,
  GetTemplateResult,
  GetZonesResult,
} from "./resources.gen";

/**
 * The functions run in the program's own process with the stack's configuration. Each exists twice: with a promise, and
 * with an output for arguments that are outputs.
 */

function programAccount(): Account {
  // pulumi.Config would warn about reading a secret. The secret only signs requests.
  return sharedAccount((name) => pulumi.runtime.getConfig(`exoscale-ssh:${name}`));
}

/** Arguments that may be outputs of resources. */
export type Lifted<Args> = { [K in keyof Args]: pulumi.Input<Args[K]> };

function withPromise<Args, Result>(accountFunction: AccountFunction<z.ZodObject, z.ZodType<Result>>) {
  return (args: Args): Promise<Result> => call(accountFunction, args);
}

function withOutput<Args, Result>(accountFunction: AccountFunction<z.ZodObject, z.ZodType<Result>>) {
  return (args: Lifted<Args>): pulumi.Output<Result> => {
    const given = pulumi.output<unknown>(args);
    // `pulumi.output` unwraps what `Lifted` wraps.
    return pulumi.all([given, idsOf(given)]).apply(([known]) => call(accountFunction, known));
  };
}

/**
 * The ids of the resources that a value depends on. One that is not made yet has no id, so a preview does not know the
 * list, and does not look up what does not exist. Pulumi's own invokes wait in the same way.
 */
function idsOf(value: pulumi.Output<unknown>): pulumi.Output<pulumi.ID[]> {
  // Every output has this method; Pulumi's published types leave it out.
  const { allResources } = value as unknown as { allResources(): Promise<Set<pulumi.Resource>> };
  const ids = allResources().then((all) => [...all].filter(pulumi.CustomResource.isInstance).map(({ id }) => id));
  return pulumi.output(ids);
}

/** An uncaught error of ours ends the program with its message and code; any other error, with a stack trace. */
async function call<Result>(accountFunction: AccountFunction<z.ZodObject, z.ZodType<Result>>, args: unknown) {
  try {
    return await callFunction(accountFunction, args, programAccount());
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    throw Object.assign(new pulumi.RunError(`${error.message} [${error.code}]`), { code: error.code, cause: error });
  }
}

/** Finds an SSH key of the account by its name. @throws NotInAccountError */
export const getSshKeyPair = withPromise<GetSshKeyPairArgs, GetSshKeyPairResult>(functions.getSshKeyPair);
/** The same for outputs. */
export const getSshKeyPairOutput = withOutput<GetSshKeyPairArgs, GetSshKeyPairResult>(functions.getSshKeyPair);

/** Finds a template of a zone by its id, its name, or the beginning of its name. @throws NotInAccountError */
export const getTemplate = withPromise<GetTemplateArgs, GetTemplateResult>(functions.getTemplate);
/** The same for outputs. */
export const getTemplateOutput = withOutput<GetTemplateArgs, GetTemplateResult>(functions.getTemplate);

/** Finds an instance type that a zone offers, by `family.size`. @throws NotInAccountError */
export const getInstanceType = withPromise<GetInstanceTypeArgs, GetInstanceTypeResult>(functions.getInstanceType);
/** The same for outputs. */
export const getInstanceTypeOutput = withOutput<GetInstanceTypeArgs, GetInstanceTypeResult>(functions.getInstanceType);

/** Finds the instances and pools, in every zone, that were given a key. With `probe`, asks whether they still accept it. */
export const getKeyHolders = withPromise<GetKeyHoldersArgs, GetKeyHoldersResult>(functions.getKeyHolders);
/** The same for outputs. */
export const getKeyHoldersOutput = withOutput<GetKeyHoldersArgs, GetKeyHoldersResult>(functions.getKeyHolders);

/** Lists the zones of Exoscale. Needs no credentials. */
export function getZones(): Promise<GetZonesResult> {
  return call(functions.getZones, {});
}
/** The same as an output. */
export function getZonesOutput(): pulumi.Output<GetZonesResult> {
  return pulumi.output(getZones());
}
