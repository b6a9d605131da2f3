/** Schemathesis makes requests from Exoscale's API document, right and wrong ones, and judges the emulator's answers. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Exchange, startEmulator } from "../../emulator";
import { judge } from "../emulated";
import { apiDocument } from "../openapi/document";
import { type Answers, fuzzedDocument } from "./fuzzed_document";

const SEED = 1;

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
];

// A Python that has the PyPI packages `exoscale` and `schemathesis`.
const python = process.env["EXOSCALE_PYTHON"];

/** What is sent, and what is right. */
interface Run {
  readonly signature: "right" | "wrong" | "none";
  readonly answers: Answers;
  readonly checks?: readonly string[];
  /** How the values are found: by chance, and at the bounds of each. */
  readonly phases: string;
  /** How many requests by chance to each operation. */
  readonly examples: number;
  /** Paths that are left out. */
  readonly without?: readonly string[];
}

/** Runs Schemathesis. @returns its report, empty when it has found no fault, and what was said */
async function fuzz({ signature, answers, checks = [], without, phases, examples }: Run) {
  const heard: Exchange[] = [];
  const settings = { instanceQuota: 20 };
  const exchange = (each: Exchange) => heard.push(each);
  const emulator = await startEmulator({ guests: "none", operationMs: 0, zones: ["ch-gva-2"], settings, exchange });
  const directory = await mkdtemp(join(tmpdir(), "schemathesis-"));
  const env = {
    ...process.env,
    ...emulator.environment,
    ...{ PYTHONPATH: __dirname, PYTHONDONTWRITEBYTECODE: "1" },
    ...{ SCHEMATHESIS_HOOKS: "schemathesis_hooks", FUZZED_SIGNATURE: signature },
  };
  try {
    await writeFile(join(directory, "document.json"), document(answers, without));
    const what = ["-m", "schemathesis.cli", "run", "document.json", "--url", emulator.endpoint];
    const how = ["--phases", phases, "--checks", [...CHECKS, ...checks].join(), "--continue-on-failure"];
    const bounds = ["--max-examples", String(examples), "--seed", String(SEED), "--request-timeout", "60"];
    const quiet = ["--generation-database", "none", "--warnings", "off", "--no-color"];
    const report = await reportOf([...what, ...how, ...bounds, ...quiet], { cwd: directory, env });
    return { report, heard };
  } finally {
    await emulator.close();
    await rm(directory, { recursive: true });
  }
}

const document = (...more: Parameters<typeof fuzzedDocument> extends [unknown, ...infer More] ? More : never) =>
  fuzzedDocument(apiDocument ?? { paths: {}, components: { schemas: {} } }, ...more);

/** @returns the report of a run that has found a fault; empty otherwise */
async function reportOf(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  const ran = promisify(execFile)(python ?? "", args, { ...options, maxBuffer: 2 ** 26 });
  return ran.then(
    () => "",
    (error: { readonly stdout?: string; readonly stderr?: string }) => `${error.stdout}${error.stderr}`,
  );
}

function hasSchemathesis(): boolean {
  try {
    execFileSync(python ?? "", ["-c", "import schemathesis"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const refused = { answers: "forbidden", phases: "fuzzing", examples: 3 } as const;

const forbidden = (heard: readonly Exchange[]) => heard.filter(({ request }) => request.status === 403).length;

const given = python && apiDocument && hasSchemathesis() ? describe : describe.skip;

given("Schemathesis (skipped where EXOSCALE_PYTHON names no Python that has it and the API document)", () => {
  test("gets answers that the API document has, and finds nothing accepted that it forbids", async () => {
    const { report, heard } = await fuzz({
      signature: "right",
      answers: "all",
      checks: ["negative_data_rejection"],
      phases: "coverage,fuzzing",
      examples: 10,
    });
    expect(report).toBe("");
    const deviations = heard.flatMap((each) => judge?.deviations(each) ?? []);
    expect(deviations.filter((deviation) => deviation.includes(" answer: "))).toEqual([]);
    expect(heard.length).toBeGreaterThan(1000);
  }, 300_000);

  test("gets a 403 for each request with the signature of another secret", async () => {
    const { report, heard } = await fuzz({ signature: "wrong", ...refused });
    expect(report).toBe("");
    expect(forbidden(heard)).toBeGreaterThan(100);
  }, 300_000);

  test("gets a 403 for each request without a signature, but for the public list of zones", async () => {
    const { report, heard } = await fuzz({ signature: "none", ...refused, without: ["/zone"] });
    expect(report).toBe("");
    expect(forbidden(heard)).toBeGreaterThan(100);
  }, 300_000);
});
