/** The settings for refusals, limits and time, with each of their values. */

import type { Settings } from "../../../emulator";
import { RateLimit } from "../../../emulator/api/rate_limit";
import { alice } from "../../resources/known_keys";
import { authorization, closeAll, start } from "../world";

afterEach(closeAll);

const using = async (settings: Partial<Settings>) => await start({ guests: "none", settings });

test.each([400, 409, 412] as const)("groupInUse: the deletion of a group in use is refused with %d", async (status) => {
  const { client } = await using({ groupInUse: status });
  const apart = (await client.settle("POST", "/anti-affinity-group", { name: "apart" })).reference.id;
  const { id } = await client.create({ "anti-affinity-groups": [{ id: apart }] });
  const [group] = (await client.get(`/instance/${id}`))["security-groups"];
  expect((await client.send("DELETE", `/security-group/${group.id}`)).status).toBe(status);
  expect((await client.send("DELETE", `/anti-affinity-group/${apart}`)).status).toBe(status);
});

describe("unrecordedBodies", () => {
  test.each([
    ["json", "application/json", { message: "SSH key alice already exists" }],
    ["text", "text/plain", "SSH key alice already exists\n"],
    ["empty", "text/plain", ""],
  ] as const)("%s: the form of a refusal that nobody recorded", async (unrecordedBodies, type, expected) => {
    const { client } = await using({ unrecordedBodies });
    await client.register("alice", alice.line);
    const { status, body, headers } = await client.register("alice", alice.line);
    expect([status, headers.get("content-type"), body]).toEqual([409, type, expected]);
  });

  test("a recorded refusal keeps its recorded body", async () => {
    const { client } = await using({ unrecordedBodies: "empty" });
    expect((await client.register("alice", "no key")).body).toEqual({ message: "Public key is invalid" });
  });
});

describe("requestsPerSecond", () => {
  test("the request beyond the limit gets 429 and the seconds to wait", async () => {
    const { client } = await using({ requestsPerSecond: 1 });
    // At once, because the limit allows another request after a second.
    const replies = await Promise.all([1, 2, 3].map(() => client.send("GET", "/ssh-key")));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map(({ status }) => status)).toEqual([429, 429]);
    expect(refused[0]?.headers.get("retry-after")).toBe("1");
  });

  test("there is no limit by default", async () => {
    const { client } = await using({});
    const replies = await Promise.all(Array.from({ length: 50 }, () => client.send("GET", "/ssh-key")));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("a request after a pause is answered again, and no more than the limit at once", () => {
    const limit = new RateLimit();
    const admitted = (now: number) => {
      try {
        limit.count(2, now);
        return true;
      } catch {
        return false;
      }
    };
    expect([0, 0, 0, 499, 500, 501, 60_000, 60_000, 60_000].map(admitted)).toEqual([
      ...[true, true, false],
      ...[false, true, false],
      ...[true, true, false],
    ]);
  });
});

describe("The time of a signature:", () => {
  const signedFor = async (settings: Partial<Settings>, seconds: number) => {
    const { emulator } = await start({ guests: "none", apiKey: "k", apiSecret: "s", settings });
    const expires = Math.floor(Date.now() / 1000) + seconds;
    const header = authorization("s", { method: "GET", path: "/v2/ssh-key", key: "k", expires });
    return await fetch(`${emulator.endpoint}/ssh-key`, { headers: { authorization: header } });
  };

  test.each<[string, Partial<Settings>, number, number]>([
    ["longestExpiry unset takes one of a year", {}, 31_536_000, 200],
    ["longestExpiry 600 takes one of ten minutes", { longestExpiry: 600 }, 600, 200],
    ["longestExpiry 600 refuses one of eleven", { longestExpiry: 600 }, 660, 403],
    ["clockAhead 0 takes one of ten minutes", { clockAhead: 0 }, 600, 200],
    ["clockAhead 700 finds it expired", { clockAhead: 700 }, 600, 403],
    ["clockAhead -700 finds it too far ahead", { clockAhead: -700, longestExpiry: 600 }, 600, 403],
  ])("%s", async (_what, settings, seconds, status) => {
    expect((await signedFor(settings, seconds)).status).toBe(status);
  });

  test("clockAhead shows in the Date of every answer", async () => {
    const { headers } = await signedFor({ clockAhead: 86_400 }, 600);
    const ahead = Date.parse(headers.get("date") ?? "") - Date.now();
    expect(Math.round(ahead / 3_600_000)).toBe(24);
  });
});

describe("denied", () => {
  test.each([
    [[], 404],
    [["GET /instance/{id}"], 403],
    [["GET /instance", "PUT /instance/{id}"], 404],
  ])("%j: a request for an unknown instance is answered with %d", async (denied, status) => {
    const { client } = await using({ denied });
    expect((await client.send("GET", "/instance/00000000-0000-4000-8000-000000000000")).status).toBe(status);
  });
});

test.each([
  [undefined, 200],
  [0, 409],
])("instanceQuota %s: the first instance is answered with %d", async (instanceQuota, status) => {
  const { client } = await using({ instanceQuota });
  expect((await client.send("POST", "/instance", await client.order())).status).toBe(status);
});
