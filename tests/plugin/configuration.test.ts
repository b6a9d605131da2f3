import { type Emulator, startEmulator } from "../emulated";
import { leakedSecrets } from "./leaked_secrets";
import { Plugin, settingsFor } from "./plugin_client";
import { secret, unknown, type Wire } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
let settings: Wire;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2", "de-fra-1"] });
  plugin = await Plugin.start();
  settings = settingsFor(emulator);
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

const endpointRule = "Give an address such as https://api-ch-gva-2.exoscale.com/v2, or leave it out.";

describe("CheckConfig reports at the setting", () => {
  test.each([
    [
      "an unknown setting",
      { apikey: "EXO1" },
      "apikey",
      'exoscale-ssh has no setting "apikey". The settings are apiKey, apiSecret, zone, endpoint, sshPort.',
    ],
    ["an invalid zone name", { zone: "Geneva" }, "zone", 'zone is "Geneva". Give one such as ch-gva-2 or de-fra-1.'],
    ["an endpoint that is not a URL", { endpoint: "exoscale" }, "endpoint", `endpoint is "exoscale". ${endpointRule}`],
    [
      "an endpoint with a query",
      { endpoint: "https://api.example/v2?zone=1" },
      "endpoint",
      `endpoint is "https://api.example/v2?zone=1". ${endpointRule}`,
    ],
    [
      "a port that is not a number",
      { sshPort: "ssh" },
      "sshPort",
      'sshPort is "ssh". Give a port from 1 to 65535 (exoscale-ssh:sshPort, EXOSCALE_SSH_PORT).',
    ],
    [
      "a port out of range",
      { sshPort: 65_536 },
      "sshPort",
      'sshPort is "65536". Give a port from 1 to 65535 (exoscale-ssh:sshPort, EXOSCALE_SSH_PORT).',
    ],
  ])("%s", async (_what, given, property, reason) => {
    expect((await plugin.checkConfig(given)).failures).toEqual([{ property, reason }]);
  });

  test("a zone that Exoscale does not have", async () => {
    const { failures } = await plugin.checkConfig({ ...settings, zone: "at-vie-9" });
    const reason = 'There is no zone "at-vie-9". The zones are ch-gva-2, de-fra-1.';
    expect(failures).toEqual([{ property: "zone", reason }]);
  });
});

describe("CheckConfig names no property, so Pulumi prints no secret, for", () => {
  test.each([
    ["a key with a space", { apiKey: "EXO 1", apiSecret: "hunter2" }, /^apiKey contains a space or a line break/],
    [
      "a secret with a line break",
      { apiKey: "EXO1", apiSecret: "hunter2\n" },
      /^apiSecret contains a space or a line break/,
    ],
    ["a key without its secret", { apiKey: "EXO1" }, /^apiKey is set and apiSecret is not\. Set both/],
    ["a secret without its key", { apiSecret: "hunter2" }, /^apiSecret is set and apiKey is not\. Set both/],
  ])("%s", async (_what, given, reason) => {
    const { failures } = await plugin.checkConfig(given);
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
  });

  test("credentials that Exoscale refuses", async () => {
    const { failures } = await plugin.checkConfig({ ...settings, apiSecret: secret("hunter2") });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("403") }]);
  });

  test("an environment variable that is not a port", async () => {
    process.env["EXOSCALE_SSH_PORT"] = "ssh";
    const { sshPort: _port, ...given } = settings;
    const { failures } = await plugin.checkConfig(given).finally(() => delete process.env["EXOSCALE_SSH_PORT"]);
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining('sshPort is "ssh"') }]);
  });
});

describe("CheckConfig accepts", () => {
  test("valid settings, and marks the credentials as secrets even if they came in plain text", async () => {
    const { apiKey, apiSecret, endpoint } = {
      apiKey: emulator.environment.EXOSCALE_API_KEY,
      apiSecret: emulator.environment.EXOSCALE_API_SECRET,
      endpoint: emulator.endpoint,
    };
    expect(await plugin.checkConfig({ apiKey, apiSecret, endpoint, zone: "de-fra-1" })).toEqual({
      inputs: { apiKey: secret(apiKey), apiSecret: secret(apiSecret), endpoint, zone: "de-fra-1" },
      failures: [],
    });
  });

  test("no settings, because some resources need no account", async () => {
    expect(await plugin.checkConfig({})).toEqual({ inputs: {}, failures: [] });
  });

  test("unknown credentials, and returns them as unknown", async () => {
    const given = { apiKey: unknown, apiSecret: secret(unknown), zone: "de-fra-1" };
    const inputs = { apiKey: secret(unknown), apiSecret: secret(unknown), zone: "de-fra-1" };
    expect(await plugin.checkConfig(given)).toEqual({ inputs, failures: [] });
  });

  test("one of the credentials if the environment has the other", async () => {
    process.env["EXOSCALE_API_KEY"] = emulator.environment.EXOSCALE_API_KEY;
    const { apiKey: _key, ...given } = settings;
    const { failures } = await plugin.checkConfig(given).finally(() => delete process.env["EXOSCALE_API_KEY"]);
    expect(failures).toEqual([]);
  });

  test("Pulumi's own options of a provider", async () => {
    const options = { version: "0.1.0", pluginDownloadURL: "https://example.com" };
    expect((await plugin.checkConfig(options)).failures).toEqual([]);
  });

  test("an endpoint that does not answer, because the resources report that", async () => {
    const { failures } = await plugin.checkConfig({ ...settings, endpoint: "http://127.0.0.1:9/v2", zone: "ch-gva-2" });
    expect(failures).toEqual([]);
  });
});

describe("DiffConfig", () => {
  const diff = async (olds: Wire, news: Wire) => {
    const { changes, details, replaces } = await plugin.diffConfig(olds, news);
    return { changes, details, replaces };
  };

  test("finds no change if a port is a number in one and a string in the other", async () => {
    const [olds, news] = [
      { zone: "ch-gva-2", sshPort: 22 },
      { zone: "ch-gva-2", sshPort: "22" },
    ];
    expect(await diff(olds, news)).toEqual({ changes: "DIFF_NONE", details: {}, replaces: [] });
  });

  test("finds changed, added and removed settings, and replaces nothing", async () => {
    const [olds, news] = [
      { zone: "ch-gva-2", sshPort: 22 },
      { zone: "de-fra-1", endpoint: "https://example.com/v2" },
    ];
    const details = { zone: "UPDATE", sshPort: "DELETE", endpoint: "ADD" };
    expect(await diff(olds, news)).toEqual({ changes: "DIFF_SOME", details, replaces: [] });
  });

  test("treats an unknown value as a change", async () => {
    const { details } = await diff({ apiSecret: secret("hunter2") }, { apiSecret: secret(unknown) });
    expect(details).toEqual({ apiSecret: "UPDATE" });
  });

  test("ignores another version of the plugin", async () => {
    expect((await diff({ version: "0.1.0" }, { version: "0.2.0" })).changes).toBe("DIFF_NONE");
  });
});

test("No answer and no log line contains a secret in plain text", () => {
  expect(leakedSecrets(plugin, [emulator.environment.EXOSCALE_API_SECRET, "hunter2"])).toEqual([]);
});
