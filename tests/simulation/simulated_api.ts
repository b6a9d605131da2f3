/** The emulator's API in this process, without sockets, and the machines that it makes. */
import { answerRequest, pathBelowPrefix } from "../../emulator/api/answer";
import type { OperationFault } from "../../emulator/api/operations";
import { World } from "../../emulator/api/world";
import { defaultSettings } from "../../emulator/settings";
import { type FaultName, happen } from "./effects";
import { SimulatedHosts } from "./simulated_hosts";
import { inProcess } from "./simulated_time";

const credentials = { apiKey: "EXOsimulated", apiSecret: "simulated-secret" };
const ZONES = ["ch-gva-2", "de-fra-1"];
const OPERATION_MS = 3_000;
const HOUR_MS = 3_600_000;

const refusals: Partial<Record<FaultName, number>> = { "503": 503, "429": 429, "403": 403 };

export class SimulatedApi {
  readonly machines = new SimulatedHosts();
  readonly world = new World({
    zones: ZONES,
    operationMs: OPERATION_MS,
    settings: defaultSettings,
    sshPort: 22,
    guests: this.machines,
  });
  constructor() {
    for (const zone of this.world.zones) zone.endpoint = `http://api-${zone.name}.exoscale.invalid/v2`;
  }

  /** The settings of the provider. */
  get settings(): Readonly<Record<string, string>> {
    return { ...credentials, endpoint: this.world.zones[0]?.endpoint ?? "" };
  }

  /** In place of the global `fetch`. */
  fetch = async (address: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(address));
    const method = init.method ?? "GET";
    const what = `${method} ${url.pathname.replace(/^\/v2/, "").replace(/\/[0-9a-f-]{36}/g, "/{id}")}`;
    const perform = (fault: FaultName | undefined) =>
      inProcess(undefined, () => this.#answer(url, method, init, fault));
    return await happen({ kind: "request", what }, perform);
  };

  #answer(url: URL, method: string, init: RequestInit, fault: FaultName | undefined): Response {
    if (fault === "connection reset") throw networkError();
    const status = fault && refusals[fault];
    if (status) return responseOf(status, { message: "as ordered" });
    const zone = this.world.zones.find(({ name }) => url.hostname === `api-${name}.exoscale.invalid`);
    if (!zone) throw networkError();
    const asSent = url.pathname + url.search;
    const request = {
      method,
      url: asSent,
      path: pathBelowPrefix(asSent),
      body: Buffer.from(typeof init.body === "string" ? init.body : ""),
      authorization: new Headers(init.headers).get("authorization") ?? undefined,
    };
    this.world.operationMs = fault === "operation takes an hour" ? HOUR_MS : OPERATION_MS;
    const answer = answerRequest({ world: this.world, credentials }, zone, request, failureOf(fault));
    if (fault === "operation fails and leaves nothing") {
      const { id = "" } = (answer.body as { reference?: { id?: string } }).reference ?? {};
      if (method === "POST") setTimeout(() => zone.instances.delete(id), OPERATION_MS);
    }
    if (fault === "answer lost") throw networkError();
    if (fault === "503 after acting") return responseOf(503, { message: "as ordered" });
    return responseOf(answer.status, answer.body);
  }
}

function failureOf(fault: FaultName | undefined): OperationFault | undefined {
  return fault?.startsWith("operation fails") ? { born: false, reason: "fault", message: "as ordered" } : undefined;
}

function networkError(): Error {
  const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  return new TypeError("fetch failed", { cause });
}

/** The parts of a response that the client reads. A real one reads its body in real time. */
function responseOf(status: number, body: unknown): Response {
  const headers = new Headers({ "content-type": "application/json" });
  const pieces: Iterable<Uint8Array> = [Buffer.from(JSON.stringify(body))];
  return { status, headers, body: pieces } as unknown as Response;
}
