/**
 * The exports of `pulumi-exoscale-ssh`, implemented with the plugin instead of the dynamic providers. With them the
 * end-to-end tests of the dynamic front also run against the plugin (jest.config.js substitutes this module).
 */
import * as pulumi from "@pulumi/pulumi";
import { ask, PluginResource, type Untyped } from "./plugin_resources";

export { allowSsh } from "../../provider/dynamic/allow_ssh";

type Class = new (name: string, args?: pulumi.Inputs, options?: pulumi.CustomResourceOptions) => Untyped;

/** The class of a resource type of the plugin. It accepts a resource instead of a name or an id. */
function declared(type: string): Class {
  class Declared extends PluginResource {
    constructor(name: string, args: pulumi.Inputs = {}, options?: pulumi.CustomResourceOptions) {
      super(type, name, referencesIn(args), options);
    }
  }
  // The base class registers the outputs.
  return Declared as unknown as Class;
}

export const SshKeyPair = declared("SshKeyPair");
export const Instance = declared("Instance");
export const SecurityGroup = declared("SecurityGroup");
export const AuthorizedKey = declared("AuthorizedKey");

function referencesIn(args: pulumi.Inputs): pulumi.Inputs {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, referencesInList(value)]));
}

function referencesInList(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referenceTo);
  if (pulumi.CustomResource.isInstance(value)) return (value as Untyped)["publicKeyOpenssh"];
  return onceThere(value, referencesInList);
}

function referenceTo(item: unknown): unknown {
  if (!pulumi.CustomResource.isInstance(item)) return onceThere(item, referenceTo);
  const { id, name, publicKeyOpenssh } = item as Untyped;
  return publicKeyOpenssh ? { name, publicKeyOpenssh } : id;
}

function onceThere(value: unknown, reference: (value: unknown) => unknown): unknown {
  return pulumi.Output.isInstance(value) ? value.apply(reference) : value;
}

const asked = (name: string) => (args: pulumi.Inputs) => ask(name, args);
const askedOutput = (name: string) => (args: pulumi.Inputs) =>
  pulumi.output(args).apply((known) => ask(name, known as pulumi.Inputs));

export const getSshKeyPair = asked("getSshKeyPair");
export const getSshKeyPairOutput = askedOutput("getSshKeyPair");
export const getTemplate = asked("getTemplate");
export const getTemplateOutput = askedOutput("getTemplate");
export const getInstanceType = asked("getInstanceType");
export const getInstanceTypeOutput = askedOutput("getInstanceType");
export const getKeyHolders = asked("getKeyHolders");
export const getKeyHoldersOutput = askedOutput("getKeyHolders");
export const getZones = () => ask("getZones", {});
export const getZonesOutput = () => pulumi.output(getZones());
