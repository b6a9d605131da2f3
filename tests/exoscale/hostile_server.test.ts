/** Servers that are slow, silent or in the way, and answers that are JSON but no answers. */
import { ApiError, ApiUnreachableError } from "../../provider/errors";
import { Api } from "../../provider/exoscale/client";
import type { Clock } from "../../provider/exoscale/clock";
import { Instances } from "../../provider/exoscale/instances";
import { SshKeys } from "../../provider/exoscale/ssh_keys";
import { listZones } from "../../provider/exoscale/zones";
import { type Answer, closeServers, credentials, serve, uuid } from "./scripted_server";
import { type SlowServer, serveSlowly } from "./slow_server";

const slow: SlowServer[] = [];
afterEach(() => {
  closeServers();
  for (const server of slow.splice(0)) server.close();
});

async function slowly(text: string, msPerByte: number): Promise<SlowServer> {
  const server = await serveSlowly(text, msPerByte);
  slow.push(server);
  return server;
}

const read = { what: "list instances", path: "/instance" };
const list = '{"instances":[]}';

describe("A server that takes its time", () => {
  test("is heard out, if it is ready within a try", async () => {
    const server = await slowly(list, 20);
    expect(await new Instances(server.api()).list()).toEqual([]);
  });

  test.each([
    ["never answers", ""],
    ["sends its answer byte by byte", " ".repeat(1_000_000)],
  ])("and %s is unreachable in the end, and each try is logged", async (_, text) => {
    const server = await slowly(text, 5);
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const api = server.api({ tryTimeoutMs: 200, retry: { tries: 3 }, log, clock: jumpingClock() });
    const failing = new Instances(api).list();
    await expect(failing).rejects.toThrow(ApiUnreachableError);
    await expect(failing).rejects.toThrow(
      `Could not list instances: no answer from ${server.endpoint}. It did not answer in time.`,
    );
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("It did not answer in time. Trying again in");
  });
});

/** A clock on which time passes when somebody looks at it, and not in pauses. */
function jumpingClock(): Clock {
  let now = Date.parse("2026-11-22T12:00:00Z");
  const tick = () => {
    now += 15_000;
    return now;
  };
  return { now: tick, random: () => 0, sleep: async () => undefined };
}

describe("A server that asks for a pause", () => {
  const far = new Date(Date.parse("2026-11-22T12:00:00Z") + 10 ** 12).toUTCString();
  const headers = ["100000", far, "9".repeat(400), "-100000", "1e9", "soon", "Infinity", "0", " "];

  test.each(headers.flatMap((header) => [429, 503].map((status): [string, number] => [header, status])))(
    "of %.20j with a %d that does not end is given up within ten minutes",
    async (header, status) => {
      const refusal: Answer = { status, headers: { "Retry-After": header } };
      const server = await serve(...Array.from({ length: 200 }, () => refusal));
      await expect(new Instances(server.api()).list()).rejects.toMatchObject({ code: "API_REFUSED", status });
      const waited = server.pauses.reduce((sum, pause) => sum + pause, 0);
      expect(waited).toBeLessThanOrEqual(600_000);
    },
  );
});

describe("A redirect", () => {
  test.each([301, 302, 303, 307, 308])("with %d to another host takes no request there", async (status) => {
    const foreign = await serve({ json: { instances: [] } });
    const server = await serve({ status, headers: { Location: `${foreign.endpoint}/instance` } });
    await expect(server.api().get(read, {})).rejects.toThrow(`Exoscale answered ${status} to GET /instance`);
    expect(foreign.received).toEqual([]);
    expect(server.received).toHaveLength(1);
  });
});

describe("An answer", () => {
  test.each<[string, Answer, string]>([
    [
      "a web page",
      { text: "<html>Log in</html>", headers: { "Content-Type": "text/html" } },
      "an answer that is not JSON",
    ],
    ["cut-off JSON", { text: list.slice(0, -1) }, "an answer that is not JSON"],
    ["two answers", { text: list + list }, "an answer that is not JSON"],
    ["deep JSON", { text: "[".repeat(500_000) + "]".repeat(500_000) }, "an answer that is not JSON"],
    [
      "deep members",
      { text: `{"instances":${'{"a":'.repeat(500_000)}1${"}".repeat(500_001)}` },
      'the answer has no valid "instances"',
    ],
    ["bytes that are no text", { text: "\u0000\ufffe\ud800" }, "an answer that is not JSON"],
    [
      "members of a prototype",
      { json: JSON.parse('{"__proto__":{"instances":[]}}') },
      'the answer has no valid "instances"',
    ],
  ])("that is %s is an error of the first try", async (_, answer, fault) => {
    const server = await serve(answer);
    const failing = new Instances(server.api()).list();
    await expect(failing).rejects.toThrow(ApiError);
    await expect(failing).rejects.toThrow(`Exoscale answered 200 to GET /instance: ${fault}.`);
    expect(server.received).toHaveLength(1);
  });

  test("that is shorter than it says is asked for again", async () => {
    const server = await serve(
      { text: list, headers: { "Content-Length": "100", Connection: "close" } },
      { text: list },
    );
    expect(await new Instances(server.api({ tryTimeoutMs: 20_000 })).list()).toEqual([]);
    expect(server.received).toHaveLength(2);
  });

  test("with keys named __proto__ changes no other object", async () => {
    const labels = '{"__proto__":"polluted","constructor":"x"}';
    const text = `{"instances":[{"id":"${uuid(1)}","name":"__proto__","state":"running","labels":${labels}}],"__proto__":{"a":1}}`;
    const server = await serve({ text });
    const [instance] = await new Instances(server.api()).list();
    expect(Object.keys(instance?.labels ?? {})).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(instance)).toBe(Object.prototype);
    expect("a" in {}).toBe(false);
  });

  test("with a key named like a member of every object is found by its name alone", async () => {
    const server = await serve({ json: { "ssh-keys": [] } }, { json: { "ssh-keys": [] } });
    const keys = new SshKeys(server.api());
    expect([await keys.findListed("constructor"), await keys.findListed("__proto__")]).toEqual([undefined, undefined]);
  });
});

test("A password in an endpoint is refused, and not shown, also without a user", () => {
  const open = () => new Api({ endpoint: "https://:hush@host/v2", credentials: () => credentials });
  expect(open).toThrow('"https://host/v2" is not a valid API endpoint');
});

test("A list of thousands of zones, of which each would be asked, is refused", async () => {
  const zones = Array.from({ length: 5_000 }, (_, index) => ({
    name: `zone-${index}`,
    "api-endpoint": "https://host/v2",
  }));
  const server = await serve({ json: { zones } });
  await expect(listZones(server.endpoint)).rejects.toThrow(
    "Could not list zones: Exoscale answered 200 to GET /zone: a list of 5000 zones. This does not look like Exoscale's API",
  );
});
