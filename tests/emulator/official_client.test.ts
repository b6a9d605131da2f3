import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { routes } from "../../emulator/api/routes";
import { type Exchange, judge } from "../emulated";
import { closeAll, start } from "./world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

// A Python that has the PyPI package `exoscale`.
const python = process.env["EXOSCALE_PYTHON"];

/** The output of Exoscale's own client, and the exchanges. */
async function drive() {
  const heard: Exchange[] = [];
  const { emulator } = await start({ guests: "none", exchange: (exchange) => heard.push(exchange) });
  emulator.faults.add({
    kind: "operation-failure",
    method: "POST",
    path: "/anti-affinity-group",
    reason: "unavailable",
  });
  const script = [join(__dirname, "official_client.py"), KEY];
  const env = { ...process.env, ...emulator.environment };
  const { stdout } = await promisify(execFile)(python ?? "", script, { env });
  return { heard, seen: JSON.parse(stdout) };
}

const given = python && judge ? describe : describe.skip;

given("Exoscale's own Python client (skipped where EXOSCALE_PYTHON names no Python that has it)", () => {
  let run: Awaited<ReturnType<typeof drive>>;
  beforeAll(async () => {
    run = await drive();
  }, 120_000);
  afterAll(closeAll);

  test("gets an answer from every emulated route", () => {
    const answered = run.heard.filter(({ request }) => request.status === 200);
    const called = new Set(answered.map(({ request }) => judge?.operationId(request)));
    const missed = routes.filter(
      ([method, pattern]) => !called.has(judge?.operationId({ method, path: `/v2${pattern}` })),
    );
    expect(missed.map(([method, pattern]) => `${method} ${pattern}`)).toEqual([]);
  });

  test("finds keys in every zone and instances in their own", () => {
    expect(run.seen).toMatchObject({ keys: ["official"], instances: { here: [], there: ["far"] } });
  });

  test("reports refusals with its own exceptions", () => {
    expect(run.seen.refusals).toEqual({
      "a wrong secret": "ExoscaleAPIAuthException 403",
      "a key that is none": "ExoscaleAPIClientException 409",
      "a taken name": "ExoscaleAPIClientException 409",
      "an unknown key": "ExoscaleAPIClientException 404",
      "an operation that fails": "ExoscaleAPIServerException Operation error: failure, unavailable",
      "another type while it runs": "ExoscaleAPIClientException 400",
      "a group in use": "ExoscaleAPIClientException 409",
      "deletion under protection": "ExoscaleAPIAuthException 403",
      "an instance that is gone": "ExoscaleAPIClientException 404",
      "an unknown template": "ExoscaleAPIClientException 404",
      "a disk that is too small": "ExoscaleAPIClientException 400",
      "an instance of another zone": "ExoscaleAPIClientException 404",
      "a template of another zone": "ExoscaleAPIClientException 404",
    });
  });
});
