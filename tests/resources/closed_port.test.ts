/** A machine that no security group lets in to: what is said of it, before and after it fails to answer. */
import { silentHostGuesses, withFirewall } from "../../provider/errors";
import { functions, resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { callFunction } from "../../provider/resources/functions/function";
import { newCauses } from "../../provider/resources/instance/wait_for_sshd";
import { unreachableError } from "../../provider/ssh/connection/tcp";
import { alice } from "./known_keys";
import { identity, machine } from "./known_machine";
import { newPair, opened } from "./machines_with_keys";
import { refusal } from "./reachable_host";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup, SshKeyPair } = resources;

const ssh = { protocol: "tcp", startPort: 22 };
const web = { protocol: "tcp", startPort: 443, network: "0.0.0.0/0" };
const identityOf = (name: string) => ({ ...identity, urn: `urn:pulumi:prod::shop::${name}`, name });
/** What is said of an instance in these groups. */
const closed = (groups: string) =>
  new RegExp(`No security group of instance "web" \\(${groups}\\) has a rule that lets in TCP \\d+\\. Add a rule`);

let cloud: TestCloud;
afterEach(closeClouds);

describe("A preview warns", () => {
  beforeEach(async () => {
    cloud = await startCloud();
  });

  const newGroup = async (name: string, ...rules: object[]) =>
    await cloud.run().create(SecurityGroup, { name, rules, identity: identityOf(name) });
  const warnings = async (news: object, last?: Parameters<typeof Instance.update>[1]) => {
    const run = cloud.run();
    const held = last && { id: `${last.zone}/${last.instanceId}`, state: last };
    const { failures } = await run.check(Instance, { ...machine, ...news }, held);
    expect(failures).toEqual([]);
    return run.warnings;
  };

  test.each([
    ["that waits for sshd", { waitForSsh: true }],
    ["with a connection", { connection: { privateKey: UNKNOWN } }],
  ])("of a new instance %s in groups none of which opens the port", async (_what, more) => {
    const { id } = await newGroup("https", web);
    await newGroup("udp", { ...ssh, protocol: "udp", network: "0.0.0.0/0" });
    await newGroup("out", { ...ssh, flowDirection: "egress", network: "0.0.0.0/0" });
    const securityGroups = [id, "udp", "out"];
    expect(await warnings({ ...more, securityGroups })).toEqual([expect.stringMatching(closed("https, udp, out"))]);
  });

  test("of a new instance without groups, which Exoscale puts into the group default", async () => {
    expect(await warnings({ waitForSsh: true })).toEqual([expect.stringMatching(closed("default"))]);
    cloud.emulator.cloud.openSsh();
    expect(await warnings({ waitForSsh: true })).toEqual([]);
  });

  test("of a new instance in no group that it needs one, since there is none to add a rule to", async () => {
    expect(await warnings({ waitForSsh: true, securityGroups: [] })).toEqual([
      'Instance "web" is in no security group, so nothing is let in. Give it one (securityGroups) with a rule for the ' +
        "machine that runs Pulumi: without it this run cannot connect to the instance.",
    ]);
  });

  test("of nothing, and refuses nothing, if the credentials may not read groups", async () => {
    cloud.emulator.cloud.set({ denied: ["GET /security-group"] });
    expect(await warnings({ waitForSsh: true })).toEqual([]);
  });

  test("by the rules that the program declares for a group, not by those that the group still has", async () => {
    await newGroup("ssh", { ...ssh, network: "0.0.0.0/0" });
    const run = cloud.run();
    const declare = async (rules: object[]) =>
      await run.check(SecurityGroup, { name: "ssh", rules, identity: identityOf("ssh") });
    const news = { ...machine, waitForSsh: true, securityGroups: ["ssh"] };
    await declare([web]);
    await run.check(Instance, news);
    expect(run.warnings).toEqual([expect.stringMatching(closed("ssh"))]);
    await declare([{ ...ssh, network: "0.0.0.0/0" }]);
    await run.check(Instance, news);
    expect(run.warnings).toHaveLength(1);
  });

  test("of an instance that is to wait from now on, and of one whose keys change", async () => {
    await newGroup("https", web);
    const { state } = await cloud.run().create(Instance, { ...machine, securityGroups: ["https"] });
    const connection = { privateKey: UNKNOWN };
    const securityGroups = ["https"];
    expect(await warnings({ securityGroups, waitForSsh: true }, state)).toHaveLength(1);
    cloud.emulator.cloud.swapKey("alice", alice.line);
    const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];
    expect(await warnings({ securityGroups, connection, sshKeys }, state)).toHaveLength(1);
    expect(await warnings({ securityGroups, connection }, state)).toEqual([]);
  });

  test.each([
    ["an instance that nobody connects to", {}],
    ["another address of the instance", { waitForSsh: true, connection: { host: "10.0.0.4" } }],
    ["groups that are not known yet", { waitForSsh: true, securityGroups: [UNKNOWN] }],
    ["a list of groups that is not known yet", { waitForSsh: true, securityGroups: UNKNOWN }],
    ["a group that opens it to one network", { waitForSsh: true, securityGroups: ["https", "office"] }],
    ["a group that opens all ports", { waitForSsh: true, securityGroups: ["all"] }],
    ["a group that opens it to another group", { waitForSsh: true, securityGroups: ["jump"] }],
    ["a group that opens a range around it", { waitForSsh: true, securityGroups: ["range"] }],
  ])("not about %s", async (_what, more) => {
    await newGroup("https", web);
    await newGroup("office", { ...ssh, network: "203.0.113.4/32" });
    await newGroup("all", { protocol: "all", network: "0.0.0.0/0" });
    await newGroup("jump", { ...ssh, securityGroup: "https" });
    await newGroup("range", { protocol: "tcp", startPort: 1, endPort: 1024, network: "0.0.0.0/0" });
    expect(await warnings({ securityGroups: ["https"], ...more })).toEqual([]);
  });
});

describe("A port that no security group opens is named as the cause", () => {
  beforeEach(async () => {
    cloud = await startCloud({ guests: "ssh2", zones: ["ch-gva-2"], settings: { closedPort: "silent" } });
  });

  /** Two pairs, and a machine that they opened before its port was closed. */
  async function closedMachine() {
    const run = cloud.run();
    const open = await run.create(SecurityGroup, {
      name: "ssh",
      rules: [{ ...ssh, network: "0.0.0.0/0" }],
      identity: identityOf("ssh"),
    });
    const [ops, bob] = [await newPair(run, {}, "ops"), await newPair(run, {}, "bob")];
    const news = { ...opened(ops, bob), securityGroups: ["ssh"] };
    const last = await run.create(Instance, news);
    await run.update(SecurityGroup, open, { name: "ssh", rules: [web], identity: identityOf("ssh") });
    return { ops, bob, news, last };
  }

  test.each(["reset", "silent"] as const)(
    "by a wait for sshd, at once and in its error, if it is %s",
    async (closedPort) => {
      cloud.emulator.cloud.set({ closedPort });
      const run = cloud.run();
      const news = { ...machine, waitForSsh: true, timeouts: { create: 3 } };
      const { message } = await run.createInPart(Instance, news);
      expect(message).toMatch(
        /was made, but: No SSH server on 127\..*within [\d.]+ s\. Last failure: [^.]*\. No security/,
      );
      expect(message).toMatch(closed("default"));
      expect(message).toContain(
        'Add a rule for the machine that runs Pulumi. If the program declares one, run "pulumi refresh", then "pulumi up". ' +
          "To wait longer: timeouts: { create: 6 } (it is 3 s now).",
      );
      expect(message.match(/security group|Cannot reach|Let this machine in/gi)).toEqual(["security group"]);
      expect(run.notes).toEqual([expect.stringMatching(/^Instance "web": waiting for sshd on 127\.\S+\. So far: /)]);
      expect(run.notes[0]).toMatch(closed("default"));
    },
  );

  test("by the deletion of a pair that revokes itself", async () => {
    const { bob } = await closedMachine();
    expect(await refusal(cloud.run().delete(SshKeyPair, bob))).toMatch(closed("ssh"));
  }, 120_000);

  test("by the deletion of a pair that warns", async () => {
    const { bob } = await closedMachine();
    const warned = { ...bob, state: { ...bob.state, onDelete: "warn" as const } };
    const run = cloud.run();
    await run.delete(SshKeyPair, warned);
    expect(run.warnings).toEqual([expect.stringMatching(closed("ssh"))]);
  });

  test("by getKeyHolders", async () => {
    const { bob } = await closedMachine();
    const question = { publicKeyOpenssh: bob.state.publicKeyOpenssh, probe: true };
    const { holders } = await callFunction(functions.getKeyHolders, question, cloud.run().account);
    expect(holders).toMatchObject([{ accepts: "unknown", reason: expect.stringMatching(closed("ssh")) }]);
  });

  test("by a change of the instance's keys", async () => {
    const { ops, news, last } = await closedMachine();
    const changed = { ...news, sshKeys: opened(ops).sshKeys };
    expect(await refusal(cloud.run().update(Instance, last, changed))).toMatch(closed("ssh"));
  }, 120_000);

  test("and a rule for other networks only is named as well", async () => {
    const rules = [{ ...ssh, network: "203.0.113.4/32" }];
    await cloud.run().create(SecurityGroup, { name: "office", rules, identity: identityOf("office") });
    const news = { ...machine, waitForSsh: true, timeouts: { create: 3 }, securityGroups: ["office"] };
    const { message } = await cloud.run().createInPart(Instance, news);
    expect(message).toMatch(/Of instance "web", TCP \d+ is open only to 203\.0\.113\.4\/32: is the machine that runs/);
    expect(message).not.toContain("Probably");
  });

  test.each([
    [
      "silent",
      "silent-before-banner",
      /no answer in time \(.*\)\. The instance's security groups open this port to everybody: /,
    ],
    [
      "dropping connections",
      "dropped-before-banner",
      /sshd said a word\. sshd is still starting, or limits connections: wait/,
    ],
  ] as const)(
    "and not if they open it to everybody, for a machine that is %s",
    async (_what, kind, reason) => {
      cloud.emulator.cloud.openSsh();
      const last = await cloud.run().create(Instance, machine);
      await cloud.emulator.guests.fault(last.state.instanceId, { kind });
      const news = { ...machine, waitForSsh: true, timeouts: { update: 12 } };
      const message = await refusal(cloud.run().update(Instance, last, news));
      expect(message).toMatch(reason);
      expect(message).not.toContain("no security group");
    },
    120_000,
  );
});

test("A group is named as it is, also if its name has a dollar sign", () => {
  const text = `No answer. ${silentHostGuesses.timeout.text}`;
  expect(withFirewall(text, { says: "No rule in web$&$1." })).toBe("No answer. No rule in web$&$1.");
});

test("A wait says each cause once, whatever code the system gives it, and another one anew", () => {
  const isNew = newCauses();
  const target = { host: "192.0.2.1", port: 22, user: "debian" };
  const errors = [
    unreachableError(target, "dropped"),
    unreachableError(target, "dropped", "ECONNRESET"),
    unreachableError(target, "no-route", "EHOSTUNREACH"),
    unreachableError(target, "no-route", "ENETUNREACH"),
    unreachableError(target, "dropped", "Too many users"),
    unreachableError({ ...target, host: "192.0.2.2" }, "dropped"),
  ];
  expect(errors.map(isNew)).toEqual([true, false, true, false, true, true]);
});
