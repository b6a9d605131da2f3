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
  test("have their severity and their resource, and progress is marked as ephemeral", async () => {
    const lines = display.lines("urn:pulumi:test::shop::x:y:Z::z");
    lines.info("registered");
    await lines.flush();
    lines.warn("still open");
    await lines.flush();
    lines.progress("waiting");
    await lines.flush();
    lines.debug("a trace");
    await lines.flush();
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

  test("without a resource belong to the stack", async () => {
    const lines = display.lines();
    lines.info("Trying again in 3 s.");
    await lines.flush();
    expect(engine.lines).toMatchObject([{ urn: "" }]);
  });

  test("have all arrived after a flush, even if they are many", async () => {
    const lines = display.lines();
    for (let number = 0; number < 200; number += 1) lines.progress(`${number}`);
    await lines.flush();
    expect(engine.lines).toHaveLength(200);
  });

  test.each<[string, () => void]>([
    ["the engine has ended", () => engine.close()],
    ["another engine has replaced it", () => display.close()],
  ])("are lost without an error when %s", async (_what, happen) => {
    const lines = display.lines();
    happen();
    lines.info("Is anybody there?");
    await expect(lines.flush()).resolves.toBeUndefined();
  });

  test("are dropped without an engine", async () => {
    const lines = new Display().lines();
    lines.warn("Is anybody there?");
    await expect(lines.flush()).resolves.toBeUndefined();
  });
});
