import { fromEngine, toEngine } from "../../provider/dynamic/values";
import { UNKNOWN } from "../../provider/resources/contract/description";

const UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("Values from the engine", () => {
  test("lose the provider text, which belongs to Pulumi", () => {
    expect(fromEngine({ __provider: "exports.handler = 1;", name: "alice" })).toEqual({ name: "alice" });
  });

  test("have unknown values marked at every depth", () => {
    const sshKeys = [{ name: "alice", publicKeyOpenssh: UNKNOWN_ON_THE_WIRE }, UNKNOWN_ON_THE_WIRE];
    expect(fromEngine({ sshKeys })).toEqual({ sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }, UNKNOWN] });
  });

  test("lose null, which a program wrote as undefined", () => {
    const properties = fromEngine({ name: null, connection: { user: null, host: "192.0.2.1" } });
    expect(Object.keys(properties)).toEqual(["connection"]);
    expect(properties["connection"]).toStrictEqual({ host: "192.0.2.1" });
  });

  test("keep false, zero and empty values", () => {
    const properties = { adopt: false, diskSize: 0, comment: "", rules: [], labels: {} };
    expect(fromEngine(properties)).toStrictEqual(properties);
  });
});

describe("Values to the engine", () => {
  test("have no undefined at any depth", () => {
    const state = { name: "web", publicIp: undefined, heldKeys: [{ name: "alice", fingerprintMd5: undefined }] };
    expect(toEngine(state)).toStrictEqual({ name: "web", heldKeys: [{ name: "alice" }] });
  });

  test("have unknown values as the engine writes them", () => {
    expect(toEngine({ name: UNKNOWN, triggers: [UNKNOWN, 1] })).toEqual({
      name: UNKNOWN_ON_THE_WIRE,
      triggers: [UNKNOWN_ON_THE_WIRE, 1],
    });
  });

  test("come back unchanged", () => {
    const inputs = { name: "web", connection: UNKNOWN, sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }] };
    expect(fromEngine(toEngine(inputs))).toEqual(inputs);
  });
});
