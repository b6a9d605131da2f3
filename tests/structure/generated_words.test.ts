import { type Property, schema } from "./schema";

/**
 * The words of Pulumi's schema language that are of use here, by where they may stand. Pulumi's generators read over a word
 * that they do not know: a misspelt `willReplaceOnChanges` would be no error anywhere.
 */
const words = {
  package: [
    ...["name", "displayName", "version", "description", "license", "keywords", "homepage", "repository", "publisher"],
    ...["logoUrl", "pluginDownloadURL", "attribution", "meta", "language"],
    ...["config", "provider", "types", "resources", "functions"],
  ],
  resource: ["description", "inputProperties", "requiredInputs", "properties", "required", "aliases"],
  function: ["description", "inputs", "outputs"],
  object: ["type", "description", "properties", "required"],
  choice: ["type", "description", "enum"],
  value: ["name", "value", "description"],
  property: [
    ...["type", "$ref", "items", "additionalProperties", "description", "secret", "default", "defaultInfo"],
    ...["replaceOnChanges", "willReplaceOnChanges"],
  ],
};

const { types, resources, functions, config, provider } = schema;
const objects = [
  ...Object.values(types).filter((type) => type.enum === undefined),
  ...Object.values(functions).flatMap(({ inputs, outputs }) => [inputs, outputs]),
];
const properties = [
  config.variables,
  provider.inputProperties,
  ...objects.map((object) => object.properties ?? {}),
  ...Object.values(resources).flatMap((resource) => [resource.inputProperties, resource.properties]),
];

const things: Readonly<Record<keyof typeof words, readonly object[]>> = {
  package: [schema],
  resource: [...Object.values(resources), provider],
  function: Object.values(functions),
  object: objects,
  choice: Object.values(types).filter((type) => type.enum !== undefined),
  value: Object.values(types).flatMap((type) => type.enum ?? []),
  property: properties.flatMap((each) => Object.values(each)).flatMap(withParts),
};

test.each(Object.entries(things))(
  "schema.json describes each %s in words of Pulumi's schema language",
  (kind, each) => {
    const known: readonly string[] = words[kind as keyof typeof words];
    const used = new Set(each.flatMap((thing) => Object.keys(thing)));
    expect([...used].filter((word) => !known.includes(word))).toEqual([]);
    expect(each.length).toBeGreaterThan(0);
  },
);

/** A property, and what its lists and maps have in them. */
function withParts(property: Property): Property[] {
  const parts = [property.items, property.additionalProperties].filter((part) => part !== undefined);
  return [property, ...parts.flatMap(withParts)];
}
