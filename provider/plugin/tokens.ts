import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { z } from "zod";
import { functions, resources } from "../resources";
import { fieldsMarked } from "../resources/contract/description";
import { type Redaction, redactionOf } from "../resources/contract/redaction";
import type { Resource } from "../resources/contract/resource";
import type { AccountFunction } from "../resources/functions/function";
import { Unsupported } from "./errors";
import { secretTexts } from "./values";

/** A resource whatever its inputs and its state: they come from the engine, and have been through the resource's own check. */
export type AnyResource = Resource<object, object>;

/** A function whatever its arguments and its answer. */
export type AnyFunction = AccountFunction<z.ZodObject, z.ZodType>;

const index = "exoscale-ssh:index:";

/** The resource of a type token such as `exoscale-ssh:index:SshKeyPair`. @throws Unsupported */
export function resourceOf(token: string): AnyResource {
  const resource = ownOf(resources, token);
  if (!resource) throw new Unsupported(`exoscale-ssh has no resource "${token}".`);
  // The table's members differ in what they are given, which is checked by each when it arrives.
  return resource as unknown as AnyResource;
}

/** The function of a token such as `exoscale-ssh:index:getTemplate`. @throws Unsupported */
export function functionOf(token: string): AnyFunction {
  const found = ownOf(functions, token);
  if (!found) throw new Unsupported(`exoscale-ssh has no function "${token}".`);
  // As above: `call` checks the arguments.
  return found as unknown as AnyFunction;
}

/** The inputs and outputs of a resource that are secrets whatever a program says. */
export function secretsOf({ inputs, outputs }: Pick<AnyResource, "inputs" | "outputs">): string[] {
  return [...new Set([...fieldsMarked(inputs, "secret"), ...fieldsMarked(outputs, "secret")])];
}

/** What is a secret of any resource whatever a program says. */
const alwaysSecret = new Set(Object.values(resources).flatMap(secretsOf));

/** How to hide what is marked as a secret in some properties. */
export function redactionOfSecrets(properties: readonly (Struct | undefined)[]): Redaction {
  return redactionOf(properties.flatMap((struct) => secretTexts(struct, alwaysSecret)));
}

function ownOf<Table extends object>(table: Table, token: string): Table[keyof Table] | undefined {
  const name = token.startsWith(index) ? token.slice(index.length) : "";
  // `hasOwn` makes it one of the table's keys.
  return Object.hasOwn(table, name) ? table[name as keyof Table] : undefined;
}
