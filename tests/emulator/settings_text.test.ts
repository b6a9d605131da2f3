import { defaultSettings } from "../../emulator/settings";
import { readSetting, settingsHelp } from "../../emulator/settings_text";

describe("A setting is read from a command line:", () => {
  test.each([
    ["deletedKeys=dropped", { deletedKeys: "dropped" }],
    ["unknownKeyAtCreate=400", { unknownKeyAtCreate: 400 }],
    ["clockAhead=-60", { clockAhead: -60 }],
    ["clientAddress=203.0.113.4", { clientAddress: "203.0.113.4" }],
    [
      "denied=GET /instance-pool, PUT /instance/{id}:stop",
      { denied: ["GET /instance-pool", "PUT /instance/{id}:stop"] },
    ],
  ])("%s", (text, setting) => {
    expect(readSetting(text)).toEqual(setting);
  });
});

describe("A setting is refused, with what is possible:", () => {
  test.each([
    ["deletedKeys", /not a setting: give name=value, name one of deletedKeys, /],
    ["deletedKey=listed", /not a setting/],
    ["toString=1", /not a setting/],
    ["deletedKeys=Dropped", /deletedKeys is listed\|dropped\|by-name$/],
    ["unknownKeyAtCreate=418", /unknownKeyAtCreate is 404\|400\|409$/],
    ["requestsPerSecond=0", /requestsPerSecond is NUMBER \(1 to 1000000\)$/],
    ["requestsPerSecond=many", /requestsPerSecond is NUMBER/],
    ["clientAddress=home", /clientAddress is IPv4 address$/],
    ["denied=GET /nothing", /denied is REQUEST/],
  ])("%s", (text, reason) => {
    expect(() => readSetting(text)).toThrow(reason);
  });
});

test("The help has a line for each setting, with its values and its default", () => {
  const lines = settingsHelp().trimEnd().split("\n");
  expect(lines.map((line) => line.trim().split("=")[0])).toEqual(Object.keys(defaultSettings));
  expect(lines[0]).toMatch(/^ {2}deletedKeys=listed\|dropped\|by-name +\(default: listed\)$/);
});
