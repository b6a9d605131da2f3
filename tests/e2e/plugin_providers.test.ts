import { type Emulator, startEmulator } from "../emulated";
import { end } from "./end";
import { PluginProvider, plugin } from "./plugin_resources";
import { TestStack } from "./stack";

jest.setTimeout(120_000);

let ours: Emulator;
let theirs: Emulator;
let stack: TestStack;

beforeAll(async () => {
  ours = await startEmulator({ operationMs: 20, guests: "none", zones: ["ch-gva-2", "de-fra-1"] });
  theirs = await startEmulator({ operationMs: 20, guests: "none", zones: ["ch-gva-2"] });
  stack = await TestStack.create(ours, {});
  for (const { environment } of [ours, theirs]) stack.expectHidden(environment.EXOSCALE_API_SECRET);
});

afterAll(async () => {
  await end(stack, ours);
  await theirs.close();
});

/** Settings in which the program marks nothing as a secret. */
const settingsOf = ({ environment }: Emulator, more: object = {}) => ({
  apiKey: environment.EXOSCALE_API_KEY,
  apiSecret: environment.EXOSCALE_API_SECRET,
  endpoint: environment.EXOSCALE_API_ENDPOINT,
  ...more,
});

/** The output of Pulumi for a program, in its own process, whose provider has wrong settings. */
async function refused(wrong: object): Promise<string> {
  stack.setEnvironment({ SETTINGS: JSON.stringify(settingsOf(ours, wrong)) });
  stack.writeProgram(`
    const pulumi = require("@pulumi/pulumi");
    const options = { version: "0.1.0" };
    const settings = JSON.parse(process.env.SETTINGS);
    const provider = new pulumi.ProviderResource("exoscale-ssh", "wrong", settings, options);
    new pulumi.CustomResource("exoscale-ssh:index:SshKeyPair", "never", {}, { ...options, provider });
  `);
  return await stack.failure(stack.pulumi("up", "--yes", "--skip-preview", "--non-interactive"));
}

const machine = { type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

describe("Explicit providers", () => {
  const zones = async () => {
    for (const zone of ["ch-gva-2", "de-fra-1"]) {
      const provider = new PluginProvider(zone, settingsOf(ours, { zone }));
      plugin("Instance", `web-${zone}`, machine, { provider });
    }
  };

  test("give instances without a zone the zone of their provider", async () => {
    await stack.up(zones);
    const ids = ["web-ch-gva-2", "web-de-fra-1"].map((name) => stack.state()[name]?.id);
    expect(ids).toEqual([expect.stringMatching(/^ch-gva-2\//), expect.stringMatching(/^de-fra-1\//)]);
  });

  test("leave an instance in its zone when the zone of its provider changes", async () => {
    const moved = async () => {
      const provider = new PluginProvider("ch-gva-2", settingsOf(ours, { zone: "de-fra-1" }));
      plugin("Instance", "web-ch-gva-2", machine, { provider });
    };
    expect(await stack.preview(moved)).toMatchObject({ same: 2, update: 1 });
  });

  test("reach two accounts from one program", async () => {
    await stack.up(async () => {
      for (const [name, cloud] of Object.entries({ ours, theirs })) {
        const provider = new PluginProvider(name, settingsOf(cloud));
        plugin("SshKeyPair", `deploy-${name}`, { name: `deploy-${name}` }, { provider });
      }
    });
    const names = [ours, theirs].map(({ cloud }) => cloud.keys.map(({ name }) => name));
    expect(names).toEqual([["deploy-ours"], ["deploy-theirs"]]);
  });

  test("are refused with wrong settings before anything is created", async () => {
    const said = await refused({ zone: "Geneva", sshPort: 70_000 });
    expect(said).toContain('zone is "Geneva"');
    expect(said).toContain('sshPort is "70000"');
    expect(ours.cloud.keys.map(({ name }) => name)).toEqual(["deploy-ours"]);
  });

  test("are refused with credentials that the account does not accept", async () => {
    stack.expectHidden("not-the-secret");
    expect(await refused({ apiSecret: "not-the-secret" })).toContain(
      "Check that exoscale-ssh:apiKey and exoscale-ssh:apiSecret belong together",
    );
  });

  test("are destroyed with all their objects", async () => {
    await stack.destroy();
    expect([ours, theirs].flatMap(({ cloud }) => cloud.keys)).toEqual([]);
  });
});
