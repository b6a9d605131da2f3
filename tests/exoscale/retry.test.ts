import {
  ApiError,
  ApiUnreachableError,
  CredentialsRejectedError,
  MissingCredentialsError,
} from "../../provider/errors";
import { retryAfterMs } from "../../provider/exoscale/retry";
import { type Answer, closeServers, credentials, fakeClock, operation, serve } from "./scripted_server";

afterEach(closeServers);

const read = { what: 'read SSH key "deploy"', path: "/ssh-key/deploy" };
const busy: Answer = { status: 503, json: { message: "busy" } };
const key = { name: "deploy", fingerprint: "aa" };

test.each<[string, Answer]>([
  ["a 500", { status: 500 }],
  ["a 502 with a web page", { status: 502, text: "<html>", headers: { "Content-Type": "text/html" } }],
  ["a 503", busy],
  ["a 504", { status: 504 }],
  ["a 429", { status: 429 }],
  ["a broken connection", "break"],
])("reads again after %s", async (_, fault) => {
  const server = await serve(fault, { json: key });
  expect(await server.api().get(read, {})).toEqual(key);
  expect(server.received).toHaveLength(2);
});

test.each([400, 401, 403, 404, 409, 412, 501])(
  "does not repeat a request that was answered with %d",
  async (status) => {
    const server = await serve({ status }, { json: key });
    await expect(server.api().get(read, {})).rejects.toThrow(ApiError);
    expect(server.received).toHaveLength(1);
  },
);

test("repeats changes and deletions like reads", async () => {
  const server = await serve("break", operation("success"), "break", operation("success"));
  await server.api().put(read);
  await server.api().delete(read);
  expect(server.lines().map((line) => line.split(" ")[0])).toEqual(["PUT", "PUT", "DELETE", "DELETE"]);
});

test("pauses twice as long after each failure, up to a bound", async () => {
  const server = await serve(busy, busy, busy, busy, { json: key });
  await server.api({ retry: { longestPauseMs: 400 } }).get(read, {});
  expect(server.pauses).toEqual([50, 100, 200, 200]);
});

test("spreads its pauses over the upper half of the exponential", async () => {
  const server = await serve(busy, { json: key });
  const clock = { ...fakeClock(), random: () => 0.5, sleep: async (ms: number) => void pauses.push(ms) };
  const pauses: number[] = [];
  await server.api({ clock }).get(read, {});
  expect(pauses).toEqual([75]);
});

test("gives up after the allowed number of tries, with the last message of the server", async () => {
  const server = await serve(busy, busy, { status: 500, json: { message: "broken" } });
  await expect(server.api({ retry: { tries: 3 } }).get(read, {})).rejects.toThrow(
    'Could not read SSH key "deploy": Exoscale answered 500 to GET /ssh-key/deploy: broken.',
  );
  expect(server.received).toHaveLength(3);
});

test("does not begin a pause that would end after the deadline", async () => {
  const server = await serve(busy, busy, busy);
  const api = server.api();
  await expect(api.get({ ...read, deadline: api.clock.now() + 100 }, {})).rejects.toThrow(ApiError);
  expect(server.pauses).toEqual([50]);
});

test("waits for as many seconds as Retry-After says", async () => {
  const server = await serve({ status: 429, headers: { "Retry-After": "7" } }, { json: key });
  await server.api().get(read, {});
  expect(server.pauses).toEqual([7050]);
});

test("waits until the date that Retry-After names", async () => {
  const date = "Sun, 22 Nov 2026 12:00:20 GMT";
  const server = await serve({ status: 503, headers: { "Retry-After": date } }, { json: key });
  await server.api().get(read, {});
  expect(server.pauses).toEqual([20_050]);
});

test("does not wait longer than a minute when a server asks for more", async () => {
  const server = await serve({ status: 429, headers: { "Retry-After": "86400" } }, { json: key });
  await server.api().get(read, {});
  expect(server.pauses).toEqual([60_050]);
});

test.each([null, "", "soon", "-3", "Thu, 01 Jan 1970 00:00:00 GMT"])("reads no pause from Retry-After %j", (header) => {
  expect(retryAfterMs(header, Date.parse("2026-11-22T12:00:00Z"))).toBe(0);
});

test("waits for the end of a rate limit for longer than it tolerates failures", async () => {
  const limited = Array.from({ length: 30 }, (): Answer => ({ status: 429, headers: { "Retry-After": "1" } }));
  const server = await serve(...limited, { json: key });
  expect(await server.api({ retry: { tries: 3 } }).get(read, {})).toEqual(key);
});

test("says what to do about a rate limit that does not end", async () => {
  const server = await serve(() => ({ status: 429 }), { status: 429, json: { error: "Too many requests" } });
  const api = server.api();
  await expect(api.get({ ...read, deadline: api.clock.now() + 60 }, {})).rejects.toThrow(
    "Too many requests. The account's rate limit is used up: try again later, or run Pulumi with a smaller `--parallel`.",
  );
});

test("signs each try again", async () => {
  const server = await serve({ status: 429, headers: { "Retry-After": "60" } }, { json: key });
  await server.api().get(read, {});
  const [first, second] = server.received.map(({ headers }) => /expires=(\d+)/.exec(headers.authorization ?? "")?.[1]);
  expect(Number(second) - Number(first)).toBe(60);
});

test("uses a rotated secret from the next try on", async () => {
  const server = await serve(busy, { json: key });
  const secrets = ["first", "second"];
  const asked = () => ({ apiKey: `EXO${secrets.shift()}`, apiSecret: "x" });
  await server.api({ credentials: asked }).get(read, {});
  expect(server.received.map(({ headers }) => /EXO\w+(?=,)/.exec(headers.authorization ?? "")?.[0])).toEqual([
    "EXOfirst",
    "EXOsecond",
  ]);
});

test("sends nothing when there are no credentials, and says where to set them", async () => {
  const server = await serve();
  const none = () => {
    throw new MissingCredentialsError(["apiSecret"]);
  };
  await expect(server.api({ credentials: none }).get(read, {})).rejects.toThrow(
    "Exoscale credentials are missing. Run `pulumi config set --secret exoscale-ssh:apiSecret` or set EXOSCALE_API_SECRET.",
  );
  expect(server.received).toHaveLength(0);
});

test("sends nothing with an API key that has a line break in it, and does not show it", async () => {
  const server = await serve();
  const pasted = () => ({ apiKey: "EXOkey\n", apiSecret: "x" });
  await expect(server.api({ credentials: pasted }).get(read, {})).rejects.toThrow(
    '"(not shown)" is not a valid API key',
  );
  expect(server.received).toHaveLength(0);
});

test("takes an endpoint with a slash at its end", async () => {
  const server = await serve({ json: key });
  await server.api({ endpoint: `${server.endpoint}/` }).get(read, {});
  expect(server.lines()).toEqual(["GET /ssh-key/deploy"]);
});

test("ends a try that gets no answer and tries again", async () => {
  // On a busy machine an answer may take as long as a try; then the next one gets it.
  const server = await serve("hang", ...Array.from({ length: 3 }, () => ({ json: key })));
  expect(await server.api({ tryTimeoutMs: 500 }).get(read, {})).toEqual(key);
});

test("reports a server that never answers as unreachable", async () => {
  const server = await serve("hang", "hang");
  const failing = server.api({ tryTimeoutMs: 30, retry: { tries: 2 } }).get(read, {});
  await expect(failing).rejects.toThrow(ApiUnreachableError);
  await expect(failing).rejects.toThrow(`no answer from ${server.endpoint}. It did not answer in time.`);
});

test("reports an endpoint where nothing listens, with its address and the cause", async () => {
  const server = await serve();
  closeServers();
  const failing = server.api({ retry: { tries: 2 } }).get(read, {});
  await expect(failing).rejects.toThrow(
    `Could not read SSH key "deploy": no answer from ${server.endpoint}. Nothing listens there: check the endpoint. (ECONNREFUSED)`,
  );
  expect(server.pauses).toHaveLength(1);
});

test("stops at once, with the signal's reason, when it is cancelled", async () => {
  const controller = new AbortController();
  const server = await serve(() => {
    controller.abort(new Error("cancelled by the user"));
    return "hang";
  });
  await expect(server.api({ signal: controller.signal }).get(read, {})).rejects.toThrow("cancelled by the user");
  expect(server.received).toHaveLength(1);
});

test("logs a line before a pause that a person notices, without the body or the secret", async () => {
  const server = await serve(
    busy,
    { status: 503, json: { message: "busy" }, headers: { "retry-after": "2" } },
    operation("success"),
  );
  const lines: string[] = [];
  await server.api({ log: (line) => lines.push(line) }).put({ ...read, body: { "user-data": "hush" } });
  expect(lines).toEqual([
    'Could not read SSH key "deploy": Exoscale answered 503 to PUT /ssh-key/deploy: busy. ' +
      "This is a fault on Exoscale's side: try again later. Trying again in 2.1 s.",
  ]);
});

test("does not repeat a request whose signature is refused", async () => {
  const server = await serve({ status: 403, json: { message: "Invalid request signature" } });
  await expect(server.api({ credentials: () => credentials }).get(read, {})).rejects.toThrow(CredentialsRejectedError);
  expect(server.received).toHaveLength(1);
});
