import { resources } from "../../provider/resources";
import { identity } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SecurityGroup } = resources;
const network = "0.0.0.0/0";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

describe("The check of a SecurityGroup refuses a rule", () => {
  test.each([
    [
      "about nobody",
      { protocol: "tcp" },
      'rules[0]: Neither network nor securityGroup is given. Give one: network: "0.0.0.0/0" is everybody.',
    ],
    [
      "about two at once",
      { protocol: "tcp", network, securityGroup: "web" },
      /^rules\[0\]: network and securityGroup are both given/,
    ],
    [
      "with ports for ICMP",
      { protocol: "icmp", network, startPort: 8 },
      "rules[0]: Protocol icmp has no ports. Remove startPort and endPort.",
    ],
    [
      "with an ICMP type for TCP",
      { protocol: "tcp", network, icmp: { type: 8 } },
      "rules[0]: Protocol tcp has no ICMP type. Remove icmp.",
    ],
    [
      "with a last port only",
      { protocol: "tcp", network, endPort: 22 },
      "rules[0]: endPort is given without startPort. Give both.",
    ],
    [
      "whose last port is below the first",
      { protocol: "tcp", network, startPort: 443, endPort: 80 },
      "rules[0]: endPort 80 is below startPort 443. Swap them.",
    ],
    ["with port 0", { protocol: "tcp", network, startPort: 0 }, "rules[0].startPort: A port is 1 to 65535, got 0"],
    [
      "without a prefix length",
      { protocol: "tcp", network: "10.0.0.1" },
      /^rules\[0\]\.network: A network is an address and a prefix length, .*got "10\.0\.0\.1"$/,
    ],
    ["for an unknown protocol", { protocol: "ssh", network }, /^rules\[0\]\.protocol: .*"tcp".*, got "ssh"$/],
    [
      "with an unknown member",
      { protocol: "tcp", network, port: 22 },
      'rules[0]: Unrecognized key: "port". Remove it or correct its name',
    ],
  ])("%s", async (_what, rule, failure) => {
    const failures = await cloud.run().failures(SecurityGroup, { name: "web", rules: [rule] });
    expect(failures).toEqual([typeof failure === "string" ? failure : expect.stringMatching(failure)]);
    expect(cloud.changes()).toEqual([]);
  });
});

test("The check of a SecurityGroup fills in a name and no rules", async () => {
  const { inputs } = await cloud.run().check(SecurityGroup, { identity });
  expect(inputs).toEqual({ name: expect.stringMatching(/^web-[0-9a-f]{7}$/), rules: [], identity, autoNamed: true });
});
