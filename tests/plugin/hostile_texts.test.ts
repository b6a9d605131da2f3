/** What others wrote reaches the engine's display without characters that a terminal obeys. */
import { Display } from "../../provider/plugin/display";
import { describeError } from "../../provider/plugin/errors";
import { EngineOnLoopback } from "./engine_service";

const HOSTILE = "\x1b[2Jweb\x07\u202e\x9b31m";

test("in log lines", async () => {
  const engine = await EngineOnLoopback.start();
  const display = new Display(engine.address);
  const lines = display.lines();
  for (const send of [lines.info, lines.warn, lines.progress, lines.debug]) send(HOSTILE);
  await lines.flush();
  display.close();
  engine.close();
  expect(engine.lines.map(({ message }) => message)).toEqual(Array(4).fill("�[2Jweb���31m"));
});

test("in errors that are bugs", () => {
  expect(describeError(new Error(HOSTILE))).toMatch(/please report it: Error: �\[2Jweb���31m$/);
});
