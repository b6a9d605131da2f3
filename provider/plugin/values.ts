import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromEngine, type Properties, toEngine } from "../engine/values";
import { UNKNOWN } from "../resources/contract/description";
import { textsIn } from "../resources/contract/redaction";

/** The key by which an object on the wire says that it stands for something else, and what it stands for. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resource = "5cf8f73096256a8f31e491e813e4eb8e";

/** Properties as the core takes them: secrets and outputs opened, resources replaced by their ids, unknowns marked. */
export function unwrapSecrets(struct: Struct | undefined): Properties {
  const plain = unwrap(struct?.toJavaScript() ?? {});
  return fromEngine(plain as Properties);
}

/** The names of the properties in which, at any depth, something is marked as a secret. */
export function secretNames(struct: Struct | undefined): string[] {
  const properties = Object.entries(struct?.toJavaScript() ?? {});
  return properties.filter(([, value]) => hasSecret(value)).map(([name]) => name);
}

/**
 * The texts, and numbers as texts, that are marked as secrets, at any depth.
 *
 * @param always names of what is a secret whatever a program says. An object among them, such as `connection`, comes sealed
 *   as a whole; of that only what has such a name itself counts, or a mark of its own
 */
export function secretTexts(struct: Struct | undefined, always: ReadonlySet<string>): string[] {
  return textsUnder(struct?.toJavaScript() ?? {}, "", false, always);
}

/** Properties for the engine, those with the given names as secrets. */
export function markSecrets(properties: object, secrets: readonly string[]): Struct {
  const wire = toEngine(properties);
  const seal = ([name, value]: [string, unknown]): [string, unknown] =>
    secrets.includes(name) ? [name, { [signature]: secret, value }] : [name, value];
  // What is left after `toEngine` is what JSON can say.
  return Struct.fromJavaScript(
    Object.fromEntries(Object.entries(wire).map(seal)) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

function hasSecret(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isSecret(value) || Object.values(value).some(hasSecret);
}

function textsUnder(value: unknown, name: string, isSealed: boolean, always: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsUnder(item, "", isSealed, always));
  if (!isObject(value)) return isSealed || always.has(name) ? textsIn(fromEngine({ value })) : [];
  if (!(signature in value)) {
    return Object.entries(value).flatMap(([inner, field]) => textsUnder(field, inner, isSealed, always));
  }
  const content = value["value"];
  const isWhole = always.has(name) && isObject(content);
  return textsUnder(content, name, isSealed || (isSecret(value) && !isWhole), always);
}

function isSecret({ [signature]: mark, secret: isSecretOutput }: Properties): boolean {
  return mark === secret || (mark === output && isSecretOutput === true);
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const marked = value as Readonly<Record<string, unknown>>;
  switch (marked[signature]) {
    case secret:
      return unwrap(marked["value"]);
    case output:
      return "value" in marked ? unwrap(marked["value"]) : UNKNOWN;
    case resource:
      // A resource that is not made yet has no id.
      return marked["id"] || UNKNOWN;
    default:
      return Object.fromEntries(Object.entries(marked).map(([name, inner]) => [name, unwrap(inner)]));
  }
}
