import { schema } from "./schema";

const names = Object.keys(schema.types).map(nameOf);
const choices = Object.entries(schema.types).filter(([, type]) => type.enum !== undefined);

describe("The enumerations of schema.json", () => {
  test.each([
    ["KeyAlgorithm", ["ed25519", "rsa", "ecdsa"]],
    ["EcdsaCurve", ["P256", "P384", "P521"]],
    ["KeyFormat", ["pem", "putty"]],
    ["OnDelete", ["warn", "refuse", "revoke"]],
    ["PublicIpAssignment", ["inet4", "dual", "none"]],
    ["PowerState", ["running", "stopped"]],
    ["KeyOrigin", ["boot", "ssh"]],
    ["FlowDirection", ["ingress", "egress"]],
    ["Protocol", ["tcp", "udp", "icmp", "icmpv6", "ah", "esp", "gre", "ipip", "all"]],
    ["HolderKind", ["instance", "instance-pool"]],
    ["KeyAcceptance", ["yes", "no", "unknown"]],
  ])("%s has the values %j", (name, values) => {
    const { enum: words = [] } = schema.types[`exoscale-ssh:index:${name}`] ?? {};
    expect(words.map(({ value }) => value)).toEqual(values);
  });

  test("are all of the above", () => {
    expect(choices).toHaveLength(11);
  });

  test("name every value so that it is an identifier in every language", () => {
    const named = choices.flatMap(([, { enum: words = [] }]) => words.map(({ name }) => name));
    expect(named.filter((name) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
  });
});

describe("The names in schema.json", () => {
  const things = [...Object.keys(schema.resources), ...Object.keys(schema.functions)].map(nameOf);

  test("are told apart whatever the letter case, as file names have to be", () => {
    const all = [...names, ...things].map((name) => name.toLowerCase());
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });

  test("are none that the SDKs make of the names of resources, functions and types", () => {
    const endings = ["Args", "State", "Input", "Output", "Ptr", "PtrInput", "PtrOutput", "Array", "Map", "Result"];
    const made = [...names, ...things].flatMap((name) => endings.map((ending) => `${name}${ending}`.toLowerCase()));
    expect(names.filter((name) => made.includes(name.toLowerCase()))).toEqual([]);
  });
});

function nameOf(token: string): string {
  return token.slice(token.lastIndexOf(":") + 1);
}
