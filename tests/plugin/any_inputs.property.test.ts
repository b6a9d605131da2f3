/** Inputs and settings that no program should give, to both fronts: they end in failures that name what is wrong. */
import { constantFrom, dictionary } from "fast-check";
import { dynamicProvider } from "../../provider/dynamic/dynamic_provider";
import { type ResourceName, resources } from "../../provider/resources";
import type { Resource } from "../../provider/resources/contract/resource";
import { settings } from "../../provider/settings";
import { type Emulator, startEmulator } from "../emulated";
import { property } from "../properties";
import { anyInputs, anyValue, machine } from "./any_values";
import { Plugin } from "./plugin_client";
import { secret, type Wire } from "./wire";

let emulator: Emulator;
let plugin: Plugin;
beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 0, guests: "none", zones: ["ch-gva-2"] });
  plugin = await Plugin.configured(emulator, { zone: "ch-gva-2" });
  Object.assign(process.env, emulator.environment);
});
afterAll(async () => {
  plugin.close();
  await emulator.close();
});

interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** The failures that name no input, neither as their property nor, if that would show a secret, in their reason. */
function unnamed(failures: readonly Failure[], type: ResourceName, news: Wire): readonly Failure[] {
  const names = new Set([...Object.keys(news), ...Object.keys(resources[type].inputs.shape)]);
  const isNamed = ({ property, reason }: Failure) =>
    property === "" ? [...names].some((name) => reason.includes(name)) : names.has(property.split(/[.[]/, 1)[0] ?? "");
  return failures.filter((failure) => !isNamed(failure) || failure.reason === "");
}

property("The plugin checks any inputs without an error", 300, [anyInputs], async ([type, news]) => {
  const { failures } = await plugin.check(type, news);
  expect(unnamed(failures, type, news)).toEqual([]);
});

property("Dynamic resources check any inputs without an error", 1000, [anyInputs], async ([type, news]) => {
  // The check of every resource takes any inputs.
  const provider = dynamicProvider(resources[type] as unknown as Resource<object, object>);
  const { failures = [] } = await provider.check({}, JSON.parse(JSON.stringify(news)));
  expect(unnamed(failures, type, news)).toEqual([]);
});

const anySettings = dictionary(constantFrom(...Object.keys(settings), "__proto__", "zones"), anyValue);

property("The plugin checks any settings without an error", 300, [anySettings], async (news) => {
  const { failures } = await plugin.checkConfig(news);
  const names = [...Object.keys(news), ...Object.keys(settings)];
  expect(failures.filter(({ reason }) => !names.some((name) => reason.includes(name)))).toEqual([]);
});

describe("A setting that is neither a text nor a number", () => {
  const isNoText = (name: string) => `${name} is neither a text nor a number. Give a text.`;

  test.each<[string, unknown]>([
    ["a map", { toString: 0 }],
    ["a map in a list", [{ toString: 0 }]],
    ["a list", ["ch-gva-2"]],
    ["a boolean", true],
  ])("is refused by name: %s", async (_what, value) => {
    const { failures } = await plugin.checkConfig({ zone: value, sshPort: value });
    expect(failures).toEqual(["zone", "sshPort"].map((property) => ({ property, reason: isNoText(property) })));
  });

  test("is refused without its value if it is a secret", async () => {
    const { failures } = await plugin.checkConfig({ apiKey: "EXO1", apiSecret: secret({ toString: "hunter2" }) });
    expect(failures).toEqual([{ property: "", reason: isNoText("apiSecret") }]);
  });

  test("is compared with the last one", async () => {
    const { changes } = await plugin.diffConfig({ zone: { toString: 0 } }, { zone: { toString: 1 } });
    expect(changes).toBe("DIFF_SOME");
  });
});

test.each(["\u0001", '"', " \u0000 "])("A secret of %j does not make its message unreadable", async (value) => {
  const { failures } = await plugin.check("Instance", { ...machine, labels: secret([value]) });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("A record is expected") }]);
});
