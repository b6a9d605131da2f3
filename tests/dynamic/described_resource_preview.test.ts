import * as pulumi from "@pulumi/pulumi";
import { getSshKeyPairOutput, Instance, type InstanceArgs, SshKeyPair } from "../../provider";

const registered = new Map<string, pulumi.runtime.MockResourceArgs>();

beforeAll(async () => {
  const preview = true;
  await pulumi.runtime.setMocks(
    {
      newResource(resource) {
        registered.set(resource.name, resource);
        return { id: undefined, state: { ...resource.inputs, name: `${resource.name}-1234567` } };
      },
      call: ({ inputs }) => inputs,
    },
    "shop",
    "prod",
    preview,
  );
});

const machine = { type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

const unknown = { __pulumiUnknown: true };

test.each<[string, (pair: SshKeyPair) => NonNullable<InstanceArgs["sshKeys"]>]>([
  ["given as it is", (pair) => [pair]],
  ["given inside an output", (pair) => [pulumi.output(pair)]],
  ["given in an output of a list", (pair) => pulumi.output([pair])],
])("A preview knows the name of a new key but not its public key, %s", async (how, sshKeys) => {
  const web = new Instance(how, { ...machine, sshKeys: sshKeys(new SshKeyPair("alice")) });
  await new Promise((resolve) => web.urn.apply(resolve));
  expect(registered.get(how)?.inputs.sshKeys).toEqual([{ name: "alice-1234567", publicKeyOpenssh: unknown }]);
});

test.each<[string, (pair: SshKeyPair) => pulumi.Input<string>]>([
  ["of the pair itself", (pair) => pair.name],
  ["that follows from the pair's", (pair) => pair.name.apply((name) => name)],
])("A preview asks nothing about a pair that is not made yet, given a name %s", async (how, name) => {
  const { publicKeyFingerprintMd5 } = getSshKeyPairOutput({ name: name(new SshKeyPair("erin")) });
  const other = new SshKeyPair(how, { comment: publicKeyFingerprintMd5 });
  await new Promise((resolve) => other.urn.apply(resolve));
  expect(registered.get(how)?.inputs.comment).toEqual(unknown);
});
