/**
 * Runs that are made with the real engine too. recorded_calls.json has the calls that it makes: a unit test holds the
 * engine model against it, and an end-to-end test the engine.
 */
import { otherLives, type Scenario, scenarios } from "./scenarios";

/** A run of a scenario, or the run after one that was killed. */
export interface ComparedRun {
  readonly scenario: Scenario;
  /** The request at which the engine and its provider were killed, once the API had it; undefined: they were not. */
  readonly killedAt: string | undefined;
}

/** The requests of each scenario at which a run is killed. */
const kills: Readonly<Record<string, readonly string[]>> = {
  // The key and the group are made at once: which of them is saved when the other one is made is a matter of chance.
  "create 1": ["POST /ssh-key", "POST /instance"],
  "replace 1": ["POST /ssh-key", "POST /instance", "DELETE /instance/{id}"],
  "destroy 1": ["DELETE /instance/{id}", "DELETE /security-group/{id}"],
  "rotate 1": ["POST /ssh-key"],
  "offboard 1": [],
  "add a key 1": [],
  "take a key 1": [],
  "grant 1": [],
  "change a grant 1": [],
  "limit a grant 1": [],
  "take a grant 1": [],
  "create groups": [],
  "change rules": ["POST /security-group/{id}/rules", "DELETE /security-group/{id}/rules/{id}"],
  "create a named pair": [],
  "create a key file": [],
  "move a key file": [],
  "rotate a key file": [],
  "rename a pair": [],
};

export const comparedRuns: readonly ComparedRun[] = [...scenarios(1), ...otherLives(1)].flatMap((scenario) => {
  const killed = kills[scenario.name];
  return killed === undefined ? [] : [undefined, ...killed].map((killedAt) => ({ scenario, killedAt }));
});

export const nameOf = ({ scenario, killedAt }: ComparedRun) =>
  killedAt === undefined ? scenario.name : `${scenario.name}, after a run that was killed at ${killedAt}`;

/** Calls such as `web: create` by resource, in their order. Calls of different resources have none. */
export function callsByResource(calls: readonly string[]): Record<string, string> {
  const byName = new Map<string, string[]>();
  for (const call of calls) {
    const [name = "", what = ""] = call.split(": ");
    byName.set(name, [...(byName.get(name) ?? []), what]);
  }
  return Object.fromEntries([...byName].sort().map(([name, whats]) => [name, whats.join(", ")]));
}
