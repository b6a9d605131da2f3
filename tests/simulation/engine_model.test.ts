import "./mocks";
import { callsByResource, comparedRuns, nameOf } from "./compared_runs";
import recorded from "./recorded_calls.json";
import { prepare } from "./simulate";
import { inWorld } from "./simulated_world";

const recordedCalls: Readonly<Record<string, unknown>> = recorded;

test.each(comparedRuns.map((run) => [nameOf(run), run] as const))(
  "The engine model makes the calls of the real engine: %s",
  async (name, { scenario, killedAt }) => {
    const calls = await inWorld(1, async (time) => {
      const stack = await prepare(scenario, time);
      if (killedAt !== undefined) {
        let isOver = false;
        await stack.up(scenario.program, ({ what }) => {
          const isMeant = !isOver && what === killedAt;
          isOver ||= isMeant;
          return isMeant ? "killed after" : undefined;
        });
      }
      return (await stack.up(scenario.program)).calls;
    });
    expect(callsByResource(calls)).toEqual(recordedCalls[name]);
  },
);
