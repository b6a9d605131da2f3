/** How Pulumi writes values on the wire (see "property values" in its docs), written independently of the provider. */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Properties as the engine sends and gets them. */
export type Wire = Readonly<Record<string, unknown>>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The values that stand for a value that a preview does not know, by its type. */
export const unknowns = {
  any: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  boolean: "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  number: "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  list: "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  asset: "030794c1-ac77-496b-92df-f27374a8bd58",
  archive: "e48ece36-62e2-4504-bad9-02848725956a",
  map: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
};
export const unknown = unknowns.any;

/** A secret. */
export function secret(value: unknown): Wire {
  return { [SIGNATURE]: SECRET, value };
}

/** An output of a resource. Without a value it is unknown. */
export function output(value: Wire): Wire {
  return { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...value };
}

/** A resource as a value. */
export function reference(id: string): Wire {
  return { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:pulumi:test::shop::x:y:Z::z", id };
}

/** Replaces every secret in a value, at any depth. */
export function mapSecrets(value: unknown, replace: (content: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapSecrets(item, replace));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Wire;
  if (fields[SIGNATURE] === SECRET) return replace(fields["value"]);
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, mapSecrets(inner, replace)]));
}

/** The same with every secret unwrapped, at any depth. */
export function withoutSecretMarks(properties: Wire): Wire {
  return mapSecrets(properties, (content) => content) as Wire;
}

/** Properties as protobuf has them. */
export function struct(properties: Wire): Struct {
  // This throws if a test gives a value that JSON cannot express.
  return Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
}
