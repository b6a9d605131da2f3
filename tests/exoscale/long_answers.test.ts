/** What a client of a server with too much to say does, and how much memory it takes, in a process of its own. */
import { execFile } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { uuid } from "./scripted_server";

/** The process without an answer takes 130 MB, with the longest answer 270 MB, or 750 MB if it is odd. */
const MOST_MB = 800;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What a client in a process of its own has to say of an answer. */
async function listInstances(headers: Record<string, string>, body: Iterable<Buffer>, status = 200) {
  const server = createServer((_, response) => {
    response.writeHead(status, { "Content-Type": "application/json", ...headers });
    void send(body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const words = [join(__dirname, "client_process.js"), `http://127.0.0.1:${port}/v2`];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout) as { count?: number; code?: string; error?: string; peakMb: number };
}

/** Sends as fast as the client reads, and until it hangs up. */
async function send(body: Iterable<Buffer>, response: ServerResponse): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  for (const piece of body) {
    if (response.destroyed) return;
    if (!response.write(piece)) {
      await Promise.race([closed, new Promise<void>((resolve) => response.once("drain", resolve))]);
    }
  }
  response.end();
}

function* repeat(piece: Buffer, times = Number.POSITIVE_INFINITY): Generator<Buffer> {
  for (let sent = 0; sent < times; sent++) yield piece;
}

/** The beginning of a list of instances. */
function* listOf(item: Buffer, bytes: number): Generator<Buffer> {
  yield Buffer.from('{"instances":[');
  yield* repeat(item, Math.ceil(bytes / item.length));
}

/** An instance with as many names, labels and groups as few have. */
function instance(index: number): object {
  const key = (digit: number) => ({
    name: `somebody-with-a-long-name-${digit}`,
    fingerprint: "aa:".repeat(15).concat("aa"),
  });
  const labels = Array.from({ length: 10 }, (_, label) => [`exoscale-ssh.label-${label}`, "x".repeat(43)]);
  return {
    id: uuid(1),
    name: `instance-of-a-large-account-${index}`,
    state: "running",
    "created-at": "2026-11-22T12:00:00Z",
    "instance-type": { id: uuid(2) },
    template: { id: uuid(3) },
    "public-ip": "194.182.160.1",
    "public-ip-assignment": "inet4",
    "mac-address": "06:00:00:00:00:01",
    "ssh-keys": [1, 2, 3, 4, 5].map(key),
    "ssh-key": key(1),
    "security-groups": [{ id: uuid(4) }, { id: uuid(5) }],
    "private-networks": [{ id: uuid(6) }],
    labels: Object.fromEntries(labels),
    manager: { id: uuid(7), type: "instance-pool" },
  };
}

test("A list of 10,000 instances, each with five keys and ten labels, is read", async () => {
  const instances = Array.from({ length: 10_000 }, (_, index) => instance(index));
  const list = Buffer.from(JSON.stringify({ instances }));
  expect(list.length).toBeGreaterThan(15_000_000);
  expect(await listInstances({}, [list])).toMatchObject({ count: 10_000 });
});

const tooLong = "an answer of more than 32 MiB";
const tooMany = "an answer of more than 1000000 objects";
const blanks = gzipSync(Buffer.alloc(2 ** 26, " "));
const packedTwice = gzipSync(Buffer.concat(Array.from({ length: 500 }, () => blanks)));

test.each<[string, string, Record<string, string>, () => Iterable<Buffer>]>([
  ["that does not end", tooLong, {}, () => repeat(Buffer.alloc(2 ** 20, " "))],
  [
    "that does not end, and has its length in its headers",
    tooLong,
    { "Content-Length": "9".repeat(15) },
    () => repeat(Buffer.alloc(2 ** 20, " ")),
  ],
  [
    "of 600 MB of JSON",
    tooLong,
    {},
    () => listOf(Buffer.from(`${JSON.stringify(instance(1))},`.repeat(500)), 600_000_000),
  ],
  ["of many objects without members", tooMany, {}, () => listOf(Buffer.from("{},".repeat(1_000)), 30_000_000)],
  ["of lists in lists", tooMany, {}, () => listOf(Buffer.from("[".repeat(1_000)), 30_000_000)],
  ["that becomes long when it is unpacked", tooLong, { "Content-Encoding": "gzip" }, () => repeat(blanks)],
  ["that is packed twice", tooLong, { "Content-Encoding": "gzip, gzip" }, () => repeat(packedTwice)],
])("An answer %s is refused, and takes little memory", async (_, fault, headers, body) => {
  const { error, peakMb } = await listInstances(headers, body());
  expect(error).toBe(
    `Could not list instances: Exoscale answered 200 to GET /instance: ${fault}. This does not look like Exoscale's API: ` +
      "check that the endpoint is right and ends in /v2.",
  );
  expect(peakMb).toBeLessThan(MOST_MB);
});

test("Of a refusal that does not end its status is reported", async () => {
  const { error, peakMb } = await listInstances({}, repeat(Buffer.alloc(2 ** 20, " ")), 403);
  expect(error).toMatch(
    /^Could not list instances: Exoscale answered 403 to GET \/instance: an answer of more than 32 MiB\./,
  );
  expect(peakMb).toBeLessThan(MOST_MB);
});
