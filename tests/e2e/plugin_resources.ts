import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";

interface Schema {
  readonly version: string;
  readonly resources: Readonly<Record<string, { readonly properties: object }>>;
}

const schema: Schema = JSON.parse(readFileSync(resolve(__dirname, "../../schema.json"), "utf8"));

/**
 * A resource of the plugin, declared as in a language without a generated SDK: by its token. Only what the program marks is
 * a secret.
 */
export class PluginResource extends pulumi.CustomResource {
  constructor(type: string, name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions = {}) {
    const token = `exoscale-ssh:index:${type}`;
    const outputs = Object.keys(schema.resources[token]?.properties ?? {}).map((property) => [property, undefined]);
    super(token, name, { ...Object.fromEntries(outputs), ...args }, { version: schema.version, ...options });
  }
}

/** The outputs of a resource by name. Their types are in the schema, which no compiler reads here. */
// biome-ignore lint/suspicious/noExplicitAny: a program without a generated SDK has no types either
export type Untyped = pulumi.CustomResource & { readonly [property: string]: pulumi.Output<any> };

/** Declares a resource of the plugin: `plugin("SshKeyPair", "alice", {})`. */
export function plugin(
  type: string,
  name: string,
  args: pulumi.Inputs = {},
  options?: pulumi.CustomResourceOptions,
): Untyped {
  return new PluginResource(type, name, args, options) as unknown as Untyped;
}

/** Declares a provider with its own settings. */
export class PluginProvider extends pulumi.ProviderResource {
  constructor(name: string, settings: pulumi.Inputs, options: pulumi.ResourceOptions = {}) {
    super("exoscale-ssh", name, settings, { version: schema.version, ...options });
  }
}

/** Calls a function of the plugin: `ask("getZones", {})`. */
export function ask(
  name: string,
  args: pulumi.Inputs,
  options?: pulumi.InvokeOptions,
): Promise<Record<string, unknown>> {
  return pulumi.runtime.invoke(`exoscale-ssh:index:${name}`, args, { version: schema.version, ...options });
}
