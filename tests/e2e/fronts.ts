import type * as pulumi from "@pulumi/pulumi";
import { AuthorizedKey, Instance, SecurityGroup, SshKeyPair } from "pulumi-exoscale-ssh";
import { plugin, type Untyped } from "./plugin_resources";

/** The fronts through which a program declares resources. */
export type Front = "dynamic" | "plugin";

const classes = { AuthorizedKey, Instance, SecurityGroup, SshKeyPair };

/** Declares a resource through either front. Through the plugin it has an alias of the dynamic class. */
export function declare(
  front: Front,
  type: keyof typeof classes,
  name: string,
  args: pulumi.Inputs,
  options: pulumi.CustomResourceOptions = {},
): Untyped {
  if (front === "plugin") {
    const aliases = [{ type: `pulumi-nodejs:dynamic/exoscale-ssh:${type}` }];
    return plugin(type, name, args, { ...options, aliases });
  }
  // Each class has its own argument types. A program that chooses the front cannot use them.
  const Chosen = classes[type] as new (
    name: string,
    args: pulumi.Inputs,
    options: pulumi.CustomResourceOptions,
  ) => unknown;
  return new Chosen(name, args, options) as Untyped;
}
