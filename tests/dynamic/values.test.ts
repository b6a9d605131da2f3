import { fromEngine, toEngine } from "../../provider/dynamic/values";
import { UNKNOWN } from "../../provider/resources/contract/description";

const unknownOnTheWire = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("Values from the engine", () => {
  test("lose the provider's text, which is Pulumi's own", () => {
    expect(fromEngine({ __provider: "exports.handler = 1;", name: "alice" })).toEqual({ name: "alice" });
  });

  test("have unknown ones marked at every depth", () => {
    const sshKeys = [{ name: "alice", publicKeyOpenssh: unknownOnTheWire }, unknownOnTheWire];
    expect(fromEngine({ sshKeys })).toEqual({ sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }, UNKNOWN] });
  });

  test("lose what is null, which a program wrote as undefined", () => {
    const properties = fromEngine({ name: null, connection: { user: null, host: "192.0.2.1" } });
    expect(Object.keys(properties)).toEqual(["connection"]);
    expect(properties["connection"]).toStrictEqual({ host: "192.0.2.1" });
  });

  test("keep false, zero, and what is empty", () => {
    const properties = { adopt: false, diskSize: 0, comment: "", rules: [], labels: {} };
    expect(fromEngine(properties)).toStrictEqual(properties);
  });
});

describe("Values to the engine", () => {
  test("hold no undefined at any depth", () => {
    const state = { name: "web", publicIp: undefined, heldKeys: [{ name: "alice", fingerprintMd5: undefined }] };
    expect(toEngine(state)).toStrictEqual({ name: "web", heldKeys: [{ name: "alice" }] });
  });

  test("have unknown ones written as the engine writes them", () => {
    expect(toEngine({ name: UNKNOWN, triggers: [UNKNOWN, 1] })).toEqual({
      name: unknownOnTheWire,
      triggers: [unknownOnTheWire, 1],
    });
  });

  test("come back as they were", () => {
    const inputs = { name: "web", connection: UNKNOWN, sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }] };
    expect(fromEngine(toEngine(inputs))).toEqual(inputs);
  });
});
