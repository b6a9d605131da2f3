import { resources } from "../../provider/resources";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const hidden = { ...machine, publicIpAssignment: "none" };
const grouped = { ...hidden, securityGroups: ["default"] };
const awaited = { ...hidden, waitForSsh: true, connection: { user: "debian" } };

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** An instance without an address, in the state of a version that checked less. */
async function createOldState(more: Record<string, unknown>) {
  const { id, state } = await cloud.run().create(Instance, hidden);
  return { id, state: { ...state, ...more } };
}

describe("An unchanged program is not refused for what an older version accepted:", () => {
  test("security groups of an instance without an address", async () => {
    const last = await createOldState({ securityGroups: ["default"] });
    expect(await cloud.run().failures(Instance, grouped, last)).toEqual([]);
  });

  test("such groups after a refresh that found them removed", async () => {
    const last = await createOldState({ securityGroups: ["default"] });
    const found = await cloud.run().found(Instance, last);
    expect(found.inputs.securityGroups).toEqual([]);
    expect(await cloud.run().failures(Instance, grouped, found)).toEqual([]);
  });

  test("a wait for sshd at a connection without a host", async () => {
    const last = await createOldState({ waitForSsh: true, connection: { user: "debian" } });
    expect(await cloud.run().failures(Instance, awaited, last)).toEqual([]);
  });
});

describe("A program that newly asks for it is refused:", () => {
  test.each([
    ["groups for an instance without an address", hidden, grouped, /^securityGroups: .*in no security group/],
    ["no address for an instance in groups", { ...grouped, publicIpAssignment: "inet4" }, grouped, /^securityGroups: /],
    ["a wait for sshd without an address", hidden, awaited, /^waitForSsh: .*needs an address/],
    [
      "no address for an instance that is waited for",
      { ...awaited, publicIpAssignment: "inet4" },
      awaited,
      /^waitForSsh: /,
    ],
  ])("%s", async (_what, before, after, refusal) => {
    const { id, state } = await cloud.run().create(Instance, hidden);
    const last = { id, state: { ...state, ...before } as typeof state };
    expect(await cloud.run().failures(Instance, after, last)).toEqual([expect.stringMatching(refusal)]);
  });
});
