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
 * The functions, which run in the program's own process with the stack's configuration. Each comes as a promise, and
 * as an output for arguments that are outputs themselves.
 */

function programAccount(): Account {
  // pulumi.Config would warn that the secret is one; it goes no further than the signature of a request.
  return sharedAccount((name) => pulumi.runtime.getConfig(`exoscale-ssh:${name}`));
}

/** Arguments that may be outputs of resources. */
export type Lifted<Args> = { [K in keyof Args]: pulumi.Input<Args[K]> };

function asPromise<Args, Result>(question: AccountFunction<z.ZodObject, z.ZodType<Result>>) {
  return (args: Args): Promise<Result> => answer(question, args);
}

function asOutput<Args, Result>(question: AccountFunction<z.ZodObject, z.ZodType<Result>>) {
  return (args: Lifted<Args>): pulumi.Output<Result> =>
    // An unwrapped argument is what was lifted.
    pulumi.output(args).apply((known) => answer(question, known)) as pulumi.Output<Result>;
}

/** A program that does not catch our errors ends with their message and code; with a stack trace for any other. */
async function answer<Result>(question: AccountFunction<z.ZodObject, z.ZodType<Result>>, args: unknown) {
  try {
    return await callFunction(question, args, programAccount());
  } catch (error) {
    if (!(error instanceof ExoscaleSshError)) throw error;
    throw Object.assign(new pulumi.RunError(`${error.message} [${error.code}]`), { code: error.code, cause: error });
  }
}

/** An SSH key that the account has, by its name. @throws NotInAccountError */
export const getSshKeyPair = asPromise<GetSshKeyPairArgs, GetSshKeyPairResult>(functions.getSshKeyPair);
/** The same for outputs. */
export const getSshKeyPairOutput = asOutput<GetSshKeyPairArgs, GetSshKeyPairResult>(functions.getSshKeyPair);

/** A template of a zone, by id, name, or the beginning of a name. @throws NotInAccountError */
export const getTemplate = asPromise<GetTemplateArgs, GetTemplateResult>(functions.getTemplate);
/** The same for outputs. */
export const getTemplateOutput = asOutput<GetTemplateArgs, GetTemplateResult>(functions.getTemplate);

/** An instance type that a zone offers, by `family.size`. @throws NotInAccountError */
export const getInstanceType = asPromise<GetInstanceTypeArgs, GetInstanceTypeResult>(functions.getInstanceType);
/** The same for outputs. */
export const getInstanceTypeOutput = asOutput<GetInstanceTypeArgs, GetInstanceTypeResult>(functions.getInstanceType);

/** The instances and pools, in every zone, that were given a key; with `probe`, whether they still accept it. */
export const getKeyHolders = asPromise<GetKeyHoldersArgs, GetKeyHoldersResult>(functions.getKeyHolders);
/** The same for outputs. */
export const getKeyHoldersOutput = asOutput<GetKeyHoldersArgs, GetKeyHoldersResult>(functions.getKeyHolders);

/** The zones of Exoscale. Needs no credentials. */
export function getZones(): Promise<GetZonesResult> {
  return answer(functions.getZones, {});
}
/** The same as an output. */
export function getZonesOutput(): pulumi.Output<GetZonesResult> {
  return pulumi.output(getZones());
}
