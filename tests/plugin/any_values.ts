/** Values that a program may give by mistake, as the engine sends them. */
import { type Arbitrary, array, constantFrom, dictionary, jsonValue, oneof, string, tuple } from "fast-check";
import { type ResourceName, resources } from "../../provider/resources";
import { alice } from "../resources/known_keys";
import { output, reference, secret, unknown, type Wire } from "./wire";

/** A good instance. */
export const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const connection = { user: "root", host: "192.0.2.1" };

/** Good inputs of each resource, of which some are replaced. */
const good: Readonly<Record<ResourceName, readonly Wire[]>> = {
  SshKeyPair: [{}, { publicKey: alice.line }, { algorithm: "rsa", rsaBits: 2048, formats: ["pem"] }, { connection }],
  Instance: [
    machine,
    { ...machine, sshKeys: [{ name: "alice", publicKeyOpenssh: alice.line }], connection, labels: {} },
  ],
  SecurityGroup: [{ rules: [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }] }],
  AuthorizedKey: [{ publicKey: alice.line, connection }],
};

const odd = constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "a.b",
  "name",
  "length",
  "user",
  "host",
  "privateKey",
  "protocol",
  "bastion",
);
const text = oneof(
  constantFrom(
    "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    "ssh-rsa AAAA",
    "0.0.0.0/0",
    "::/129",
    "tcp",
    alice.line,
  ),
  string({ unit: "binary", maxLength: 30 }),
);
const plain = oneof(
  jsonValue({ maxDepth: 2, stringUnit: "binary" }),
  text,
  constantFrom(0, -1, 1e308, 0.5, 65_536, true, null, [], {}),
);
const nested = oneof(
  array(plain, { maxLength: 3 }),
  dictionary(odd, plain, { maxKeys: 4 }),
  array(dictionary(odd, plain), { maxLength: 2 }),
);
const marked = oneof(
  plain.map(secret),
  nested.map(secret),
  plain.map((value) => output({ value, secret: true })),
  constantFrom(unknown, output({}), reference(""), reference("x"), [unknown], secret(unknown)),
);

/** Anything that JSON can say, and the engine's own marks. */
export const anyValue: Arbitrary<unknown> = oneof(plain, nested, marked);

/** A resource, and inputs of which up to four are anything. */
export const anyInputs: Arbitrary<readonly [ResourceName, Wire]> = constantFrom<ResourceName[]>(
  ...(Object.keys(resources) as ResourceName[]),
).chain((type) => {
  const names = Object.keys(resources[type].inputs.shape).filter((name) => name !== "identity");
  const others = dictionary(oneof({ weight: 6, arbitrary: constantFrom(...names) }, odd), anyValue, { maxKeys: 4 });
  return tuple(constantFrom(...good[type]), others).map(([base, more]) => [type, { ...base, ...more }] as const);
});
