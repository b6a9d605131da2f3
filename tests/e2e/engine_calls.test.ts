import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exchange } from "../../emulator";
import { type ComparedRun, callsByResource, comparedRuns, nameOf } from "../simulation/compared_runs";
import { programText } from "../simulation/program_text";
import { useStack } from "./use_stack";

/** What the model of the engine is held against. `RECORD_CALLS=1` writes it. */
const RECORDED = join(__dirname, "..", "simulation", "recorded_calls.json");
const isRecording = process.env["RECORD_CALLS"] === "1";

jest.setTimeout(240_000);

let heard: (exchange: Exchange) => void = () => undefined;
const { emulator, stack } = useStack({
  perTest: true,
  hostKeys: ["ed25519"],
  exchange: (each) => heard(each),
  // The programs have no rule for SSH.
  prepare: ({ cloud }) => cloud.openSsh(),
});
const unattended = ["--yes", "--skip-preview", "--non-interactive"];

const recorded: Record<string, Record<string, string>> = existsSync(RECORDED)
  ? JSON.parse(readFileSync(RECORDED, "utf8"))
  : {};

const folder = mkdtempSync(join(tmpdir(), "exoscale-ssh-calls-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (isRecording) writeFileSync(RECORDED, `${JSON.stringify(recorded, undefined, 2)}\n`);
});

/** Runs `pulumi up` with a log of its calls, which holds secrets and is outside of the stack's folder. @returns the calls */
async function upWithCalls(): Promise<string[]> {
  const file = join(folder, `${Date.now()}.jsonl`);
  stack.setEnvironment({ PULUMI_DEBUG_GRPC: file });
  await stack.pulumi("up", ...unattended);
  stack.setEnvironment({ PULUMI_DEBUG_GRPC: "" });
  return readFileSync(file, "utf8").trim().split("\n").flatMap(callIn);
}

const calls: Readonly<Record<string, string>> = {
  Check: "check",
  Diff: "diff",
  Create: "create",
  Update: "update",
  Delete: "delete",
  Read: "read",
};

/** The call of a resource of ours in a line of the log, in the words of the model. */
function callIn(line: string): string[] {
  const { method, request, duration } = JSON.parse(line) as {
    method: string;
    request: { urn?: string; olds?: object };
    duration?: number;
  };
  const [, name = ""] = /^\/pulumirpc\.ResourceProvider\/(\w+)$/.exec(method) ?? [];
  const call = calls[name];
  // It has each call twice: when it begins, and with its answer.
  if (call === undefined || duration !== undefined || !request.urn?.includes("exoscale-ssh")) return [];
  const isNew = call === "check" && Object.keys(request.olds ?? {}).length === 0;
  return [`${request.urn.split("::").at(-1)}: ${call}${isNew ? " as new" : ""}`];
}

/** Runs `pulumi up`, and kills everything at once when the API has carried out a request, whose answer is lost. */
async function upKilledAt(killedAt: string): Promise<void> {
  const [method = "", path = ""] = killedAt.split(" ");
  const pattern = new RegExp(`^${path.replaceAll("{id}", "[0-9a-f-]{36}")}$`);
  emulator.faults.add({ kind: "lost-reply", method, path: pattern });
  heard = ({ request: { status } }) => {
    if (status === 0) stack.killAll();
  };
  const engine = stack.start(["up", ...unattended]);
  await once(engine, "exit");
  heard = () => undefined;
  await stack.cancelKilled();
}

async function callsOf({ scenario, killedAt }: ComparedRun): Promise<string[]> {
  for (const program of scenario.before) {
    stack.writeProgram(programText(program));
    await stack.pulumi("up", ...unattended);
  }
  stack.writeProgram(programText(scenario.program));
  emulator.cloud.setOperationMs(killedAt === undefined ? 20 : 300);
  if (killedAt !== undefined) await upKilledAt(killedAt);
  return await upWithCalls();
}

test.each(comparedRuns.map((run) => [nameOf(run), run] as const))(
  "The real engine makes the calls that its model was held against: %s",
  async (name, run) => {
    const made = callsByResource(await callsOf(run));
    if (isRecording) recorded[name] = made;
    expect(made).toEqual(recorded[name]);
  },
);
