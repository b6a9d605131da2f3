import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { fieldsMarked } from "../resources/contract/description";
import { NO_ORGANIZATION } from "../resources/contract/identity";

/** What a class needs to know of its resource. */
interface Description {
  readonly name: string;
  /** Why the option deleteBeforeReplace is refused, unless `allowLockout` is given; absent where it is no harm. */
  readonly whyNotDeletedFirst?: string;
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
}

/** Pulumi cannot import dynamic resources: it would say "Cannot read properties of undefined (reading 'toJavaScript')". */
const imported =
  "the option import does not work for dynamic resources. A key that the account has is taken over by its name, " +
  "publicKey or privateKey, and adopt: true. The plugin pulumi-resource-exoscale-ssh imports keys, instances and " +
  "security groups. To read an object without managing it, give the option id instead.";

/** Public keys as the program gave them, by the pair that was made of them. */
const importedKeys = new WeakMap<object, unknown>();

/** Package in the type token: `pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair`. Stands in every state. */
const module_ = "exoscale-ssh";

/**
 * A dynamic resource whose secrets and outputs follow from its description. Subclasses only give it types.
 *
 * Inputs that are marked secret are secrets whatever the program passes; so are the outputs. References to other
 * resources are turned into what the core takes, and the resource's identity is passed along.
 */
export abstract class DescribedResource extends pulumi.dynamic.Resource {
  /** @internal So that the published types need none of zod's, which not every older tsconfig takes. */
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
    if (options.import !== undefined) throw new pulumi.RunError(`${type} "${name}": ${imported}`);
    const absent = Object.fromEntries(
      [...Object.keys(inputs.shape), ...Object.keys(outputs.shape)].map((property) => [property, undefined]),
    );
    const secrets = [...fieldsMarked(inputs, "secret"), ...fieldsMarked(outputs, "secret")];
    const token = `pulumi-nodejs:dynamic/${module_}:${type}`;
    const identity = {
      organization: organization(),
      urn: urnOf(name, token, options.parent),
      name,
    };
    const given = asSecrets(referencesIn(args), fieldsMarked(inputs, "secret"));
    const additionalSecretOutputs = [...(options.additionalSecretOutputs ?? []), ...secrets];
    // So that a stack that the plugin has made can come back to these classes, and nothing is made anew.
    const aliases = [...(options.aliases ?? []), { type: `${module_}:index:${type}` }];
    const all = { ...options, additionalSecretOutputs, aliases };
    super(provider, name, { ...absent, ...given, identity }, all, module_, type);
    if ("publicKey" in args) importedKeys.set(this, args.publicKey);
  }
}

/**
 * As a promise, which depends on nothing: an output would depend on the parent, that is on all of its children, and
 * each of two children would wait for the other.
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
    // A program under Pulumi's mocks has none unless the test gives one.
    return NO_ORGANIZATION;
  }
}

/** Whether the program said so, or may yet, or there is no private half to lose. */
function allowsLockout(args: { allowLockout?: unknown; publicKey?: unknown }): boolean {
  return (args.allowLockout ?? false) !== false || args.publicKey !== undefined;
}

function asSecrets(args: pulumi.Inputs, names: readonly string[]): pulumi.Inputs {
  const secrets = names.filter((name) => args[name] !== undefined).map((name) => [name, pulumi.secret(args[name])]);
  return { ...args, ...Object.fromEntries(secrets) };
}

/** Resources become what the core takes of them; the engine would otherwise pass on their bare ids. */
function referencesIn(args: object): pulumi.Inputs {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, referencesInList(value)]));
}

/** Of a list what identifies each resource in it; of one that stands alone its public key. */
function referencesInList(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referenceTo);
  if (!(value instanceof DescribedResource)) return onceThere(value, referencesInList);
  const reference = referenceTo(value);
  return isKeyReference(reference) ? reference.publicKeyOpenssh : reference;
}

function referenceTo(item: unknown): unknown {
  if (!(item instanceof DescribedResource)) return onceThere(item, referenceTo);
  const { name, publicKeyOpenssh } = item as DescribedResource & Partial<Record<string, pulumi.Output<unknown>>>;
  if (!publicKeyOpenssh) return item.id;
  const given = importedKeys.get(item);
  // What is imported is known at preview, when the output is not yet. (The property `publicKey` of a generated pair is
  // no help: a preview takes what has no value for unknown.)
  if (given === undefined) return { name, publicKeyOpenssh };
  return { name, publicKeyOpenssh: pulumi.output(given).apply((known) => known ?? publicKeyOpenssh) };
}

function isKeyReference(reference: unknown): reference is { readonly publicKeyOpenssh: unknown } {
  return typeof reference === "object" && reference !== null && "publicKeyOpenssh" in reference;
}

/** Looks into outputs and promises. Nothing is unwrapped on the way, so that a preview still knows what is known. */
function onceThere(value: unknown, reference: (value: unknown) => unknown): unknown {
  if (pulumi.Output.isInstance(value)) return value.apply(reference);
  return value instanceof Promise ? value.then(reference) : value;
}
