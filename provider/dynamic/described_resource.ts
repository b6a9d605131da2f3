import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { fieldsMarked } from "../resources/contract/description";
import { NO_ORGANIZATION } from "../resources/contract/identity";
import { skipTracesOfPromises } from "./promise_traces";

/** What a class needs to know about its resource. */
interface Description {
  readonly name: string;
  /** Why the option deleteBeforeReplace is refused without `allowLockout`; absent where the option does no harm. */
  readonly whyNotDeletedFirst?: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
}

/** Pulumi cannot import dynamic resources: it fails with "Cannot read properties of undefined (reading 'toJavaScript')". */
const IMPORT_REFUSAL =
  "the option import does not work for dynamic resources. To manage a key that the account has, set its name, " +
  "publicKey or privateKey, and adopt: true. The plugin pulumi-resource-exoscale-ssh imports keys, instances and " +
  "security groups. To read an object without managing it, set the option id instead.";

/** The public key that the program gave, by the pair that imports it. */
const importedKeys = new WeakMap<object, unknown>();

/** Package in the type token: `pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair`. Every state has it. */
const PACKAGE = "exoscale-ssh";

/**
 * A dynamic resource whose secrets and outputs follow from its description. Subclasses only add types.
 *
 * Inputs and outputs that are described as secrets are always secrets. The constructor converts references to other
 * resources for the core, and passes the resource's identity.
 */
export abstract class DescribedResource extends pulumi.dynamic.Resource {
  /** @internal So the published types need no types of zod, which some older tsconfigs reject. */
  protected constructor(
    provider: pulumi.dynamic.ResourceProvider,
    { name: type, inputs, outputs, whyNotDeletedFirst }: Description,
    name: string,
    args: object,
    options: pulumi.CustomResourceOptions = {},
  ) {
    if (whyNotDeletedFirst !== undefined && options.deleteBeforeReplace === true && !allowsLockout(args)) {
      throw new pulumi.RunError(`${type} "${name}": ${whyNotDeletedFirst}`);
    }
    if (options.import !== undefined) throw new pulumi.RunError(`${type} "${name}": ${IMPORT_REFUSAL}`);
    const absent = Object.fromEntries(
      [...Object.keys(inputs.shape), ...Object.keys(outputs.shape)].map((property) => [property, undefined]),
    );
    const secrets = [...fieldsMarked(inputs, "secret"), ...fieldsMarked(outputs, "secret")];
    const token = `pulumi-nodejs:dynamic/${PACKAGE}:${type}`;
    const identity = {
      organization: organization(),
      urn: urnOf(name, token, options.parent),
      name,
    };
    const given = markSecrets(convertReferences(args), fieldsMarked(inputs, "secret"));
    const additionalSecretOutputs = [...(options.additionalSecretOutputs ?? []), ...secrets];
    // With the alias a stack of the plugin can move to these classes without a replacement.
    const aliases = [...(options.aliases ?? []), { type: `${PACKAGE}:index:${type}` }];
    const all = { ...options, additionalSecretOutputs, aliases };
    const traceAgain = skipTracesOfPromises();
    try {
      super(provider, name, { ...absent, ...given, identity }, all, PACKAGE, type);
    } finally {
      traceAgain();
    }
    if ("publicKey" in args) importedKeys.set(this, args.publicKey);
  }
}

/**
 * A promise, because it depends on nothing. An output would depend on the parent and so on all of its children, and two
 * children would wait for each other.
 */
function urnOf(name: string, token: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => {
    pulumi.createUrn(name, token, parent).apply(resolve);
  });
}

function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    // Under Pulumi's mocks a program has no organization unless the test sets one.
    return NO_ORGANIZATION;
  }
}

/** Whether the program allows it, or may allow it (an unknown value), or there is no private key to lose. */
function allowsLockout(args: { allowLockout?: unknown; publicKey?: unknown }): boolean {
  return (args.allowLockout ?? false) !== false || args.publicKey !== undefined;
}

function markSecrets(args: pulumi.Inputs, names: readonly string[]): pulumi.Inputs {
  const secrets = names.filter((name) => args[name] !== undefined).map((name) => [name, pulumi.secret(args[name])]);
  return { ...args, ...Object.fromEntries(secrets) };
}

/** Converts references to resources for the core. The engine would pass their ids only. */
function convertReferences(args: object): pulumi.Inputs {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, convertReference(value)]));
}

/** A resource in a list becomes its reference; a pair outside a list becomes its public key. */
function convertReference(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referenceTo);
  if (!(value instanceof DescribedResource)) return mapResolved(value, convertReference);
  const reference = referenceTo(value);
  return isKeyReference(reference) ? reference.publicKeyOpenssh : reference;
}

function referenceTo(item: unknown): unknown {
  if (!(item instanceof DescribedResource)) return mapResolved(item, referenceTo);
  const { name, publicKeyOpenssh } = item as DescribedResource & Partial<Record<string, pulumi.Output<unknown>>>;
  if (!publicKeyOpenssh) return item.id;
  const given = importedKeys.get(item);
  // At preview an imported public key is known, but the output is not. (The output `publicKey` of a generated pair does
  // not help: a preview treats a property without a value as unknown.)
  if (given === undefined) return { name, publicKeyOpenssh };
  return { name, publicKeyOpenssh: pulumi.output(given).apply((known) => known ?? publicKeyOpenssh) };
}

function isKeyReference(reference: unknown): reference is { readonly publicKeyOpenssh: unknown } {
  return typeof reference === "object" && reference !== null && "publicKeyOpenssh" in reference;
}

/** Applies a function inside outputs and promises. It unwraps nothing else, so known parts stay known at preview. */
function mapResolved(value: unknown, convert: (value: unknown) => unknown): unknown {
  if (pulumi.Output.isInstance(value)) return value.apply(convert);
  return value instanceof Promise ? value.then(convert) : value;
}
