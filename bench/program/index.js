/** Declares the resources of declared.json, with the dynamic classes or with the resources of the plugin. */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const pulumi = require("@pulumi/pulumi");

const declared = JSON.parse(readFileSync(join(__dirname, "declared.json"), "utf8"));

/** A resource by its token, as in a generated SDK. */
class PluginResource extends pulumi.CustomResource {
  constructor(type, name, args) {
    const outputs = { name: undefined, publicKeyOpenssh: undefined, privateKeyOpenssh: undefined };
    super(`exoscale-ssh:index:${type}`, name, { ...outputs, ...args });
  }
}

/** A resource whose provider answers at once, and does nothing: what the engine and the front take by themselves. */
class NothingResource extends pulumi.dynamic.Resource {
  constructor(name, args) {
    const outputs = { name: undefined, publicKeyOpenssh: undefined };
    super(nothing, name, { ...outputs, ...args });
  }
}

/** As many functions as ours, because Pulumi keeps their text in the state. */
const nothing = {
  configure: async () => {},
  check: async (_olds, inputs) => ({ inputs }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({
    id: "nothing",
    outs: { ...inputs, name: "nothing", publicKeyOpenssh: "ssh-ed25519 AAAA" },
  }),
  read: async (id, props) => ({ id, props }),
  update: async (_id, _olds, inputs) => ({ outs: inputs }),
  delete: async () => {},
};

/** Stores what BENCH_STORED says, as JSON, of a pair. */
class StoringResource extends pulumi.dynamic.Resource {
  constructor(name, args) {
    const outputs = { name: undefined, publicKeyOpenssh: undefined };
    super(storing, name, { ...outputs, ...args }, { additionalSecretOutputs: ["privateKeyOpenssh"] });
  }
}

const storing = {
  ...nothing,
  check: async (_olds, inputs) => ({ inputs: { ...inputs, ...JSON.parse(process.env.BENCH_STORED).inputs } }),
  create: async (inputs) => ({ id: "nothing", outs: { ...inputs, ...JSON.parse(process.env.BENCH_STORED).outputs } }),
};

function declare(type, name, args) {
  if (declared.front === "plugin") return new PluginResource(type, name, args);
  if (declared.front === "nothing") return new NothingResource(name, args);
  if (declared.front === "storing") return new StoringResource(name, args);
  return new (require("pulumi-exoscale-ssh")[type])(name, args);
}

const pairs = Array.from({ length: declared.pairs }, (_, index) => {
  const publicKey = declared.publicKeys?.[index];
  return declare("SshKeyPair", `pair-${index}`, publicKey === undefined ? {} : { publicKey });
});

/** Without it nobody could log in. */
function openSsh() {
  const group = declare("SecurityGroup", "ssh", { rules: [{ protocol: "tcp", startPort: 22, network: "0.0.0.0/0" }] });
  return (pair) => ({
    securityGroups: [group.name],
    connection: { privateKey: pair.privateKeyOpenssh },
    waitForSsh: true,
  });
}

if (declared.instances > 0) {
  const access = declared.waitForSsh === false ? () => ({}) : openSsh();
  pairs.slice(0, declared.instances).forEach((pair, index) => {
    declare("Instance", `web-${index}`, {
      zone: "ch-gva-2",
      type: "standard.tiny",
      template: "Linux Debian 13",
      diskSize: 10,
      sshKeys: [{ name: pair.name, publicKeyOpenssh: pair.publicKeyOpenssh }],
      ...access(pair),
    });
  });
}
