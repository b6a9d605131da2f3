import { openAccount, sharedAccount } from "../provider/account";
import { resources } from "../provider/resources";
import { unnamedMachine as machine } from "./resources/known_machine";
import { closeClouds, startCloud, type TestCloud } from "./resources/world";

const { SshKeyPair, Instance, SecurityGroup } = resources;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  await closeClouds();
  for (const name of Object.keys(process.env)) if (name.startsWith("EXOSCALE_")) delete process.env[name];
});

describe("Without usable credentials every preview fails before anything is created:", () => {
  test.each([
    ["a keypair's", SshKeyPair, {}],
    ["an instance's", Instance, machine],
    ["a group's", SecurityGroup, {}],
  ])("%s", async (_what, resource, news) => {
    const failures = await cloud.run({ apiKey: "", apiSecret: "" }).failures(resource as typeof SshKeyPair, news);
    expect(failures).toEqual([
      "Exoscale credentials are missing. Run `pulumi config set --secret exoscale-ssh:apiKey` or set EXOSCALE_API_KEY, and " +
        "`pulumi config set --secret exoscale-ssh:apiSecret` or set EXOSCALE_API_SECRET. (An explicit provider reads its own " +
        "arguments; `pulumi refresh` and `pulumi destroy` read the configuration of the last `pulumi up`. The variables " +
        "always work.)",
    ]);
    expect(cloud.changes()).toEqual([]);
  });

  test("with only one half, the error names the other", async () => {
    await expect(cloud.run({ apiSecret: "" }).account.verifyCredentials()).rejects.toThrow(
      "Exoscale credentials are missing. Run `pulumi config set --secret exoscale-ssh:apiSecret` or set EXOSCALE_API_SECRET.",
    );
  });

  test("with a wrong secret, which is not shown", async () => {
    const failures = await cloud.run({ apiSecret: "hunter2" }).failures(SshKeyPair, {});
    expect(failures).toEqual([expect.stringMatching(/^Could not list SSH keys: Exoscale answered 403 .*[Ss]ignature/)]);
    expect(failures.join()).not.toContain("hunter2");
  });

  test("with an endpoint where nothing speaks TLS", async () => {
    const endpoint = cloud.emulator.endpoint.replace("http:", "https:");
    const failures = await cloud.run({ endpoint }).failures(SshKeyPair, {});
    expect(failures).toEqual([expect.stringMatching(`^Could not list SSH keys: no answer from ${endpoint}\\.`)]);
  });
});

describe("The secret", () => {
  test("that was rotated between two runs is used by the second run", async () => {
    const key = await cloud.run().create(SshKeyPair, {});
    const stale = cloud.run();
    cloud.emulator.rotateSecret("a-new-secret");
    await expect(stale.found(SshKeyPair, key)).rejects.toThrow("403");
    expect((await cloud.run().found(SshKeyPair, key)).state).toEqual(key.state);
  });
});

describe("A zone", () => {
  test("that does not exist is refused, with the names of all zones", async () => {
    await expect(cloud.run().account.zone("ch-zrh-9")).rejects.toThrow(
      'There is no zone "ch-zrh-9". The zones are ch-gva-2, de-fra-1.',
    );
  });

  test("is asked at its own endpoint", async () => {
    await (await cloud.run().account.zone("de-fra-1")).instances.list();
    const asked = cloud.emulator.requests.filter(({ path }) => path === "/v2/instance");
    expect(asked.map(({ zone }) => zone)).toEqual(["de-fra-1"]);
  });

  test("requests its types and templates only once", async () => {
    const { account } = cloud.run();
    for (const zone of [await account.zone("ch-gva-2"), await account.zone("ch-gva-2")]) {
      await zone.templates();
      await zone.instanceTypes();
    }
    expect(cloud.emulator.requests.map(({ path }) => path)).toEqual([
      "/v2/zone",
      "/v2/template?visibility=public",
      "/v2/template?visibility=private",
      "/v2/instance-type",
    ]);
  });

  test("whose list failed once is requested again", async () => {
    cloud.emulator.faults.add({ kind: "status", status: 400, path: "/zone" });
    const { account } = cloud.run();
    await expect(account.zone("ch-gva-2")).rejects.toThrow("400");
    expect((await account.zone("ch-gva-2")).name).toBe("ch-gva-2");
  });
});

describe("A setting", () => {
  test("is read from the environment if the stack has none", async () => {
    Object.assign(process.env, cloud.emulator.environment, { EXOSCALE_ZONE: "de-fra-1", EXOSCALE_SSH_PORT: "2222" });
    const account = openAccount(() => undefined);
    await expect(account.verifyCredentials()).resolves.toBeUndefined();
    expect([account.defaultZone, account.sshPort]).toEqual(["de-fra-1", 2222]);
  });

  test("of the stack takes precedence over the environment", () => {
    for (const name of ["API_KEY", "API_SECRET", "API_ENDPOINT", "ZONE", "SSH_PORT"])
      process.env[`EXOSCALE_${name}`] = "1";
    const { account } = cloud.run({ zone: "de-fra-1", sshPort: "2222" });
    expect([account.defaultZone, account.sshPort]).toEqual(["de-fra-1", 2222]);
  });

  test("endpoint that is no URL is refused, with the expected form", () => {
    const message = '"exoscale" is not a valid API endpoint. Allowed: https://host/v2.';
    expect(() => cloud.run({ endpoint: "exoscale" })).toThrow(message);
  });

  test("that is not set leaves port 22 and no zone", () => {
    const account = openAccount(() => undefined);
    expect([account.defaultZone, account.sshPort]).toEqual([undefined, 22]);
  });

  test.each(["0", "65536", "22.5", "ssh", " "])("sshPort of %p is refused, with how to set it", (sshPort) => {
    expect(() => cloud.run({ sshPort })).toThrow(
      `sshPort is "${sshPort}". Give a port from 1 to 65535 (exoscale-ssh:sshPort, EXOSCALE_SSH_PORT).`,
    );
  });
});

test("One process has one account per configuration", () => {
  const frankfurt = sharedAccount((name) => (name === "zone" ? "de-fra-1" : undefined));
  expect(sharedAccount((name) => (name === "zone" ? "de-fra-1" : undefined))).toBe(frankfurt);
  expect(sharedAccount(() => undefined)).not.toBe(frankfurt);
});

test("A program that runs again after a minute sends its requests again", async () => {
  Object.assign(process.env, cloud.emulator.environment);
  const zonesAsked = () => cloud.emulator.requests.filter(({ path }) => path === "/v2/zone").length;
  const ask = async () => void (await sharedAccount(() => undefined).zones());
  const now = Date.now();
  const clock = jest.spyOn(Date, "now").mockReturnValue(now);
  await ask();
  await ask();
  expect(zonesAsked()).toBe(1);
  clock.mockReturnValue(now + 60_000);
  await ask();
  clock.mockRestore();
  expect(zonesAsked()).toBe(2);
});

test("Opening an account sends no request", () => {
  cloud.run();
  expect(cloud.emulator.requests).toEqual([]);
});
