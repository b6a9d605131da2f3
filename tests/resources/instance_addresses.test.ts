import { resources } from "../../provider/resources";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

const create = (publicIpAssignment: string) => cloud.run().create(Instance, { ...machine, publicIpAssignment });

describe("An instance with IPv6", () => {
  test("gets its address in place, by one request, and shows it", async () => {
    const last = await create("inet4");
    expect(last.state).not.toHaveProperty("ipv6Address");
    const { state } = await cloud.run().update(Instance, last, { ...machine, publicIpAssignment: "dual" });
    expect(state.ipv6Address).toMatch(/^2001:db8::/);
    expect(cloud.changes().at(-1)).toBe(`PUT /v2/instance/${state.instanceId}`);
  });

  test("gets logins at its IPv4 address, unless the connection names the other one", async () => {
    const { id, state } = await create("dual");
    expect(state.sshCommand).toBe("ssh debian@127.10.0.1");
    const news = { ...machine, publicIpAssignment: "dual", connection: { host: state.ipv6Address ?? "", port: 22 } };
    const updated = await cloud.run().update(Instance, { id, state }, news);
    expect(updated.state.sshCommand).toBe(`ssh debian@${state.ipv6Address}`);
    expect(updated.state.sshConfig).toContain(`HostName ${state.ipv6Address}\n`);
  });

  test("has a line of known_hosts for each address if its host key is known", async () => {
    const last = await cloud.run({ sshPort: "22" }).create(Instance, { ...machine, publicIpAssignment: "dual" });
    const state = { ...last.state, hostKeys: [alice.line.split(" ").slice(0, 2).join(" ")] };
    const found = await cloud.run({ sshPort: "22" }).found(Instance, { id: last.id, state });
    const [hostKey] = state.hostKeys;
    expect(found.state.knownHosts).toBe(`127.10.0.1 ${hostKey}\n${state.ipv6Address} ${hostKey}\n`);
  });

  test("keeps its address: a change to inet4 is refused at preview", async () => {
    const last = await create("dual");
    expect(await cloud.run().failures(Instance, { ...machine, publicIpAssignment: "inet4" }, last)).toEqual([
      expect.stringMatching(
        /^publicIpAssignment: publicIpAssignment of instance "web" cannot go from dual to inet4: .*Set publicIpAssig/,
      ),
    ]);
  });

  test("may be replaced by an instance without IPv6", async () => {
    const last = await create("dual");
    const news = { ...machine, publicIpAssignment: "inet4", template: "Linux Debian 12" };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
  });
});

describe("A change from or to no public address", () => {
  const changes = [
    ["inet4", "none"],
    ["none", "inet4"],
    ["none", "dual"],
    ["dual", "none"],
  ] as const;

  test.each(changes)("from %s to %s is made if Exoscale permits it", async (before, after) => {
    const last = await create(before);
    const { state } = await cloud.run().update(Instance, last, { ...machine, publicIpAssignment: after });
    expect(state).toMatchObject({ publicIpAssignment: after });
    expect([state.publicIp !== undefined, state.ipv6Address !== undefined]).toEqual([
      after !== "none",
      after === "dual",
    ]);
  });

  test.each(changes)(
    "from %s to %s is an error with Exoscale's words if Exoscale refuses it",
    async (before, after) => {
      cloud.emulator.cloud.set({ privateSwitch: "refused" });
      const last = await create(before);
      const update = cloud.run().update(Instance, last, { ...machine, publicIpAssignment: after });
      await expect(update).rejects.toThrow(
        `409 to PUT /instance/${last.state.instanceId}: Public IP assignment cannot`,
      );
    },
  );

  test.each(changes)("from %s to %s is an error if Exoscale accepts it and does nothing", async (before, after) => {
    cloud.emulator.cloud.set({ privateSwitch: "ignored" });
    const last = await create(before);
    const update = cloud.run().update(Instance, last, { ...machine, publicIpAssignment: after });
    await expect(update).rejects.toThrow(
      `to ${after}, and left it at ${before}. Set publicIpAssignment: "${before}", or make a new instance`,
    );
  });
});

describe("An instance without a public address", () => {
  test("has no login texts, unless the connection names a host", async () => {
    const news = { ...machine, publicIpAssignment: "none" };
    const { id, state } = await cloud.run().create(Instance, news);
    for (const output of ["publicIp", "ipv6Address", "sshCommand", "sshConfig", "knownHosts"]) {
      expect(state).not.toHaveProperty(output);
    }
    const connection = { host: "10.0.0.7", port: 22 };
    const updated = await cloud.run().update(Instance, { id, state }, { ...news, connection });
    expect(updated.state.sshCommand).toBe("ssh debian@10.0.0.7");
  });

  test("cannot be in a security group, so groups are refused at preview", async () => {
    const news = { ...machine, publicIpAssignment: "none", securityGroups: ["default"] };
    expect(await cloud.run().failures(Instance, news)).toEqual([
      expect.stringMatching(/^securityGroups: An instance without a public address is in no security group/),
    ]);
    expect(await cloud.run().failures(Instance, { ...news, securityGroups: [] })).toEqual([]);
  });

  test("is in exactly the groups of the program after it gets an address", async () => {
    const run = cloud.run();
    const group = await run.create(SecurityGroup, { name: "ssh" });
    const last = await run.create(Instance, { ...machine, publicIpAssignment: "none" });
    await cloud.run().update(Instance, last, { ...machine, securityGroups: ["ssh"] });
    expect(cloud.instance()["security-groups"]).toEqual([{ id: group.id }]);
  });

  test("cannot be waited for if the connection names no host", async () => {
    const news = { ...machine, publicIpAssignment: "none", waitForSsh: true, connection: { user: "admin" } };
    expect(await cloud.run().failures(Instance, news)).toEqual([expect.stringMatching(/^waitForSsh: .*Remove it/)]);
    expect(await cloud.run().failures(Instance, { ...news, connection: { host: "10.0.0.7" } })).toEqual([]);
  });
});
