import { Display } from "../../provider/plugin/display";
import { EngineOnLoopback, type Line } from "./engine_service";

let engine: EngineOnLoopback;
let display: Display;
beforeEach(async () => {
  engine = await EngineOnLoopback.start();
  display = new Display(engine.address);
});
afterEach(() => {
  display.close();
  engine.close();
});

describe("Lines for the engine's display", () => {
  test("come with their severity and their resource; passing ones are marked as such", async () => {
    const lines = display.lines("urn:pulumi:test::shop::x:y:Z::z");
    lines.info("registered");
    await lines.delivered();
    lines.warn("still open");
    await lines.delivered();
    lines.progress("waiting");
    await lines.delivered();
    lines.debug("a trace");
    await lines.delivered();
    const line = (severity: Line["severity"], message: string, ephemeral: boolean): Line => ({
      severity,
      message,
      urn: "urn:pulumi:test::shop::x:y:Z::z",
      ephemeral,
    });
    expect(engine.lines).toEqual([
      line("info", "registered", false),
      line("warning", "still open", false),
      line("info", "waiting", true),
      line("debug", "a trace", false),
    ]);
  });

  test("of no resource are the stack's", async () => {
    const lines = display.lines();
    lines.info("Trying again in 3 s.");
    await lines.delivered();
    expect(engine.lines).toMatchObject([{ urn: "" }]);
  });

  test("are all there once they are delivered, however many", async () => {
    const lines = display.lines();
    for (let number = 0; number < 200; number += 1) lines.progress(`${number}`);
    await lines.delivered();
    expect(engine.lines).toHaveLength(200);
  });

  test.each<[string, () => void]>([
    ["the engine has gone", () => engine.close()],
    ["another engine has taken its place", () => display.close()],
  ])("are lost without harm when %s", async (_what, happen) => {
    const lines = display.lines();
    happen();
    lines.info("Is anybody there?");
    await expect(lines.delivered()).resolves.toBeUndefined();
  });

  test("go nowhere without an engine", async () => {
    const lines = new Display().lines();
    lines.warn("Is anybody there?");
    await expect(lines.delivered()).resolves.toBeUndefined();
  });
});
