import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { z } from "zod";
import { functions, resources } from "../resources";
import { fieldsMarked } from "../resources/contract/description";
import { type Redaction, redactionOf } from "../resources/contract/redaction";
import type { Resource } from "../resources/contract/resource";
import type { AccountFunction } from "../resources/functions/function";
import { Unsupported } from "./errors";
import { secretTexts } from "./values";

/** A resource with any inputs and any state: they come from the engine, and the resource's own check has passed them. */
export type AnyResource = Resource<object, object>;

/** A function with any arguments and any answer. */
export type AnyFunction = AccountFunction<z.ZodObject, z.ZodType>;

const TOKEN_PREFIX = "exoscale-ssh:index:";

/** The resource of a type token such as `exoscale-ssh:index:SshKeyPair`. @throws Unsupported */
export function resourceOf(token: string): AnyResource {
  const resource = ownOf(resources, token);
  if (!resource) throw new Unsupported(`exoscale-ssh has no resource "${token}".`);
  // The resources of the table have different inputs. Each checks its own when they arrive.
  return resource as unknown as AnyResource;
}

/** The function of a token such as `exoscale-ssh:index:getTemplate`. @throws Unsupported */
export function functionOf(token: string): AnyFunction {
  const found = ownOf(functions, token);
  if (!found) throw new Unsupported(`exoscale-ssh has no function "${token}".`);
  // As above: `call` checks the arguments.
  return found as unknown as AnyFunction;
}

/** The inputs and outputs of a resource that are always secrets, whether or not a program marks them. */
export function secretsOf({ inputs, outputs }: Pick<AnyResource, "inputs" | "outputs">): string[] {
  return [...new Set([...fieldsMarked(inputs, "secret"), ...fieldsMarked(outputs, "secret")])];
}

/** Names of inputs and outputs that are always secrets in some resource. */
const alwaysSecret = new Set(Object.values(resources).flatMap(secretsOf));

/** Hides what is marked as a secret in some properties. */
export function redactionOfSecrets(properties: readonly (Struct | undefined)[]): Redaction {
  return redactionOf(properties.flatMap((struct) => secretTexts(struct, alwaysSecret)));
}

function ownOf<Table extends object>(table: Table, token: string): Table[keyof Table] | undefined {
  const name = token.startsWith(TOKEN_PREFIX) ? token.slice(TOKEN_PREFIX.length) : "";
  // `hasOwn` makes it one of the table's keys.
  return Object.hasOwn(table, name) ? table[name as keyof Table] : undefined;
}
