import type { z } from "zod";
import { resources } from "../../provider/resources";
import { equalValues, fieldsMarked, hasUnknown, known, UNKNOWN } from "../../provider/resources/contract/description";

describe("An unknown value", () => {
  test.each([
    ["itself", UNKNOWN],
    ["inside a list", ["a", UNKNOWN]],
    ["deep inside an object", { a: [{ b: UNKNOWN }] }],
  ])("is found %s", (_where, value) => {
    expect(hasUnknown(value)).toBe(true);
    expect(known(value)).toBeUndefined();
  });

  test.each([undefined, null, "", 0, false, [], { a: [null] }])("is not %p", (value) => {
    expect(hasUnknown(value)).toBe(false);
    expect(known(value)).toBe(value);
  });
});

describe("Two values are equal", () => {
  test.each([
    [{ a: [1] }, { a: [1] }],
    [undefined, []],
    [{}, undefined],
  ])("if they mean the same: %p and %p", (left, right) => {
    expect(equalValues(left, right)).toBe(true);
  });

  test.each([
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [undefined, ""],
    [false, undefined],
  ])("but not if they mean something else: %p and %p", (left, right) => {
    expect(equalValues(left, right)).toBe(false);
  });
});

describe.each(Object.values(resources))("$name", ({ inputs, outputs, ...resource }) => {
  test("describes every field that users see", () => {
    const fields = Object.entries({ ...inputs.shape, ...outputs.shape });
    const silent = fields.filter(([, field]) => !((field as z.ZodType).meta()?.description ?? "").endsWith("."));
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(resource.description).toMatch(/\.$/);
  });
});

test.each([
  ["SshKeyPair", ["privateKey", "passphrase", "connection"], ["privateKeyOpenssh", "privateKeyPem", "privateKeyPutty"]],
  ["Instance", ["userData", "connection"], []],
  ["SecurityGroup", [], []],
  ["AuthorizedKey", ["connection"], []],
] as const)("The secrets of %s are %p, and of its outputs %p", (name, secretInputs, secretOutputs) => {
  const { inputs, outputs } = resources[name];
  expect(fieldsMarked(inputs, "secret")).toEqual(secretInputs);
  expect(fieldsMarked(outputs, "secret")).toEqual(secretOutputs);
});

test.each([
  ["SshKeyPair", ["name", "publicKey", "privateKey", "algorithm", "rsaBits", "ecdsaCurve", "triggers"]],
  ["Instance", ["zone", "template", "antiAffinityGroups"]],
  ["SecurityGroup", ["name", "description"]],
  ["AuthorizedKey", ["user", "publicKey"]],
] as const)("%s is replaced for a change of %p and of nothing else", (name, fields) => {
  expect(fieldsMarked(resources[name].inputs, "replaces")).toEqual(fields);
});

test.each(Object.values(resources))(
  "$name takes its identity as hidden inputs, which never make a difference",
  (each) => {
    const others = ["autoNamed", "owner"].filter((name) => name in each.inputs.shape);
    expect(fieldsMarked(each.inputs, "hidden")).toEqual(["identity", ...others]);
  },
);
