import { markSecrets, secretTexts, unwrapSecrets } from "../../provider/plugin/values";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { output, reference, secret, struct, unknown, unknowns } from "./wire";

describe("Values from the engine", () => {
  test("have their secrets unwrapped, at every depth and inside each other", () => {
    const wire = struct({ list: [secret("a"), { b: secret({ c: secret("d") }) }] });
    expect(unwrapSecrets(wire)).toEqual({ list: ["a", { b: { c: "d" } }] });
  });

  test("have unknown values of every type marked, at every depth", () => {
    const wire = struct({ all: Object.values(unknowns), sealed: secret(unknown), later: output({}) });
    expect(unwrapSecrets(wire)).toEqual({ all: Array(7).fill(UNKNOWN), sealed: UNKNOWN, later: UNKNOWN });
  });

  test("have outputs replaced by their values, and resources by their ids", () => {
    const wire = struct({ value: output({ value: secret("a"), dependencies: ["x"] }), made: reference("5") });
    expect(unwrapSecrets(wire)).toEqual({ value: "a", made: "5" });
  });

  test("have a resource without an id marked as unknown", () => {
    expect(unwrapSecrets(struct({ one: reference(""), two: reference(unknown) }))).toEqual({
      one: UNKNOWN,
      two: UNKNOWN,
    });
  });

  test("lose null in an object; a list keeps its length", () => {
    expect(unwrapSecrets(struct({ a: null, b: { c: null }, d: [null, 1] }))).toEqual({ b: {}, d: [null, 1] });
  });

  test("are empty if the engine sends none", () => {
    expect(unwrapSecrets(undefined)).toEqual({});
  });

  test("keep false, zero and empty values", () => {
    const properties = { adopt: false, diskSize: 0, comment: "", rules: [], labels: {} };
    expect(unwrapSecrets(struct(properties))).toEqual(properties);
  });
});

describe("Values to the engine", () => {
  test("have exactly the named properties marked as secrets, as a whole", () => {
    const wire = markSecrets({ connection: { user: "root" }, user: "debian" }, ["connection"]).toJavaScript();
    expect(wire).toEqual({ connection: secret({ user: "root" }), user: "debian" });
  });

  test("have no mark for an absent property", () => {
    expect(markSecrets({ privateKey: undefined, name: "alice" }, ["privateKey"]).toJavaScript()).toEqual({
      name: "alice",
    });
  });

  test("have unknown values as the engine writes them, also inside a secret", () => {
    const wire = markSecrets({ privateKey: UNKNOWN, labels: { env: UNKNOWN } }, ["privateKey"]).toJavaScript();
    expect(wire).toEqual({ privateKey: secret(unknown), labels: { env: unknown } });
  });

  test("come back unchanged", () => {
    const inputs = { name: "web", connection: UNKNOWN, sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }] };
    expect(unwrapSecrets(markSecrets(inputs, ["connection"]))).toEqual(inputs);
  });
});

describe("Texts of secrets", () => {
  const always = new Set(["connection", "passphrase"]);

  test("are all marked ones at every depth, with numbers as texts", () => {
    const wire = struct({
      a: secret("x"),
      b: [{ c: secret({ d: ["y", 22] }) }],
      e: output({ value: "z", secret: true }),
    });
    expect(secretTexts(wire, always)).toEqual(["x", "y", "22", "z"]);
  });

  test("are no unmarked values, unknown values or names", () => {
    expect(secretTexts(struct({ a: "x", b: output({ value: "y" }), c: secret({ d: unknown }) }), always)).toEqual([]);
  });

  test("inside an object that is always secret are only those with their own mark or a secret name", () => {
    const connection = { host: "192.0.2.1", passphrase: "hunter2", user: secret("root") };
    expect(secretTexts(struct({ connection: secret(connection) }), always)).toEqual(["hunter2", "root"]);
  });

  test("include a property that is always secret, also if it comes in plain text", () => {
    expect(secretTexts(struct({ passphrase: "hunter2" }), always)).toEqual(["hunter2"]);
  });
});
