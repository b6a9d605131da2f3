import { markSecrets, secretTexts, unwrapSecrets } from "../../provider/plugin/values";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { output, reference, secret, struct, unknown, unknowns } from "./wire";

describe("Values from the engine", () => {
  test("have their secrets opened, at every depth and in one another", () => {
    const wire = struct({ list: [secret("a"), { b: secret({ c: secret("d") }) }] });
    expect(unwrapSecrets(wire)).toEqual({ list: ["a", { b: { c: "d" } }] });
  });

  test("have what is not known yet marked, whatever its type and wherever it is", () => {
    const wire = struct({ all: Object.values(unknowns), sealed: secret(unknown), later: output({}) });
    expect(unwrapSecrets(wire)).toEqual({ all: Array(7).fill(UNKNOWN), sealed: UNKNOWN, later: UNKNOWN });
  });

  test("have outputs replaced by their values, and resources by their ids", () => {
    const wire = struct({ value: output({ value: secret("a"), dependencies: ["x"] }), made: reference("5") });
    expect(unwrapSecrets(wire)).toEqual({ value: "a", made: "5" });
  });

  test("have a resource without an id marked as not known yet", () => {
    expect(unwrapSecrets(struct({ one: reference(""), two: reference(unknown) }))).toEqual({
      one: UNKNOWN,
      two: UNKNOWN,
    });
  });

  test("lose what is null, in an object; a list keeps its places", () => {
    expect(unwrapSecrets(struct({ a: null, b: { c: null }, d: [null, 1] }))).toEqual({ b: {}, d: [null, 1] });
  });

  test("are none where the engine sends none", () => {
    expect(unwrapSecrets(undefined)).toEqual({});
  });

  test("keep false, zero, and what is empty", () => {
    const properties = { adopt: false, diskSize: 0, comment: "", rules: [], labels: {} };
    expect(unwrapSecrets(struct(properties))).toEqual(properties);
  });
});

describe("Values to the engine", () => {
  test("have the named properties sealed as wholes, and no others", () => {
    const wire = markSecrets({ connection: { user: "root" }, user: "debian" }, ["connection"]).toJavaScript();
    expect(wire).toEqual({ connection: secret({ user: "root" }), user: "debian" });
  });

  test("have no seal where there is nothing to seal", () => {
    expect(markSecrets({ privateKey: undefined, name: "alice" }, ["privateKey"]).toJavaScript()).toEqual({
      name: "alice",
    });
  });

  test("have what is not known yet written as the engine writes it, inside a seal, too", () => {
    const wire = markSecrets({ privateKey: UNKNOWN, labels: { env: UNKNOWN } }, ["privateKey"]).toJavaScript();
    expect(wire).toEqual({ privateKey: secret(unknown), labels: { env: unknown } });
  });

  test("come back as they were", () => {
    const inputs = { name: "web", connection: UNKNOWN, sshKeys: [{ name: "alice", publicKeyOpenssh: UNKNOWN }] };
    expect(unwrapSecrets(markSecrets(inputs, ["connection"]))).toEqual(inputs);
  });
});

describe("Texts of secrets", () => {
  const always = new Set(["connection", "passphrase"]);

  test("are those under a mark, at every depth, and numbers as texts", () => {
    const wire = struct({
      a: secret("x"),
      b: [{ c: secret({ d: ["y", 22] }) }],
      e: output({ value: "z", secret: true }),
    });
    expect(secretTexts(wire, always)).toEqual(["x", "y", "22", "z"]);
  });

  test("are not what is in clear, not known yet, or a name", () => {
    expect(secretTexts(struct({ a: "x", b: output({ value: "y" }), c: secret({ d: unknown }) }), always)).toEqual([]);
  });

  test("are of what is always sealed as a whole only what is marked itself, or always a secret", () => {
    const connection = { host: "192.0.2.1", passphrase: "hunter2", user: secret("root") };
    expect(secretTexts(struct({ connection: secret(connection) }), always)).toEqual(["hunter2", "root"]);
  });

  test("are what is always a secret also where it comes in clear", () => {
    expect(secretTexts(struct({ passphrase: "hunter2" }), always)).toEqual(["hunter2"]);
  });
});
