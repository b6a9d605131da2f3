/**
 * What `pulumi-exoscale-ssh` exports, with the plugin behind it instead of the dynamic providers: so the end-to-end tests
 * that are written for the one are run against the other as well (jest.config.js puts this module in its place).
 */
import * as pulumi from "@pulumi/pulumi";
import { ask, PluginResource, type Untyped } from "./plugin_resources";

export { allowSsh } from "../../provider/dynamic/allow_ssh";

type Class = new (name: string, args?: pulumi.Inputs, options?: pulumi.CustomResourceOptions) => Untyped;

/** A class of the plugin's resources of a type, which takes a resource where it wants its name or id. */
function declared(type: string): Class {
  class Declared extends PluginResource {
    constructor(name: string, args: pulumi.Inputs = {}, options?: pulumi.CustomResourceOptions) {
      super(type, name, referencesIn(args), options);
    }
  }
  // The outputs are those that the base class registers.
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
