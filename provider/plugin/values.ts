import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { fromEngine, type Properties, toEngine } from "../engine/values";
import { UNKNOWN } from "../resources/contract/description";
import { textsIn } from "../resources/contract/redaction";

/** Pulumi's wire protocol: an object with this key stands for something else, and the key's value says for what. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** Properties for the core: secrets and outputs unwrapped, resources replaced by their ids, unknown values marked. */
export function unwrapSecrets(struct: Struct | undefined): Properties {
  const plain = unwrap(struct?.toJavaScript() ?? {});
  return fromEngine(plain as Properties);
}

/** The names of the properties that have a secret mark at any depth. */
export function secretNames(struct: Struct | undefined): string[] {
  const properties = Object.entries(struct?.toJavaScript() ?? {});
  return properties.filter(([, value]) => hasSecret(value)).map(([name]) => name);
}

/**
 * The texts, and numbers as texts, that are secrets, at any depth.
 *
 * @param always names of what is always a secret. The engine marks an object among them, such as `connection`, as a
 *   whole; inside it a value counts only if it has such a name itself, or a mark of its own
 */
export function secretTexts(struct: Struct | undefined, always: ReadonlySet<string>): string[] {
  return textsUnder(struct?.toJavaScript() ?? {}, "", false, always);
}

/** Properties for the engine. Those with the given names are marked as secrets. */
export function markSecrets(properties: object, secrets: readonly string[]): Struct {
  const wire = toEngine(properties);
  const mark = ([name, value]: [string, unknown]): [string, unknown] =>
    secrets.includes(name) ? [name, { [SIGNATURE]: SECRET, value }] : [name, value];
  // `toEngine` leaves only what JSON can express.
  return Struct.fromJavaScript(
    Object.fromEntries(Object.entries(wire).map(mark)) as Parameters<typeof Struct.fromJavaScript>[0],
  );
}

function hasSecret(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isSecret(value) || Object.values(value).some(hasSecret);
}

function textsUnder(value: unknown, name: string, isMarked: boolean, always: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsUnder(item, "", isMarked, always));
  if (!isObject(value)) return isMarked || always.has(name) ? textsIn(fromEngine({ value })) : [];
  if (!(SIGNATURE in value)) {
    return Object.entries(value).flatMap(([inner, field]) => textsUnder(field, inner, isMarked, always));
  }
  const content = value["value"];
  const isWhole = always.has(name) && isObject(content);
  return textsUnder(content, name, isMarked || (isSecret(value) && !isWhole), always);
}

function isSecret({ [SIGNATURE]: mark, secret: isSecretOutput }: Properties): boolean {
  return mark === SECRET || (mark === OUTPUT && isSecretOutput === true);
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const marked = value as Readonly<Record<string, unknown>>;
  switch (marked[SIGNATURE]) {
    case SECRET:
      return unwrap(marked["value"]);
    case OUTPUT:
      return "value" in marked ? unwrap(marked["value"]) : UNKNOWN;
    case RESOURCE:
      // A resource that does not exist yet has no id.
      return marked["id"] || UNKNOWN;
    default:
      return Object.fromEntries(Object.entries(marked).map(([name, inner]) => [name, unwrap(inner)]));
  }
}
