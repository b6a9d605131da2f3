/** What the emulator answers where Exoscale has more than it does. */
import { emptyLists } from "../../emulator/api/not_emulated";
import { router } from "../../emulator/api/routes";
import { judge } from "../emulated";
import { apiDocument, whySkipped } from "../openapi/document";
import { type Client, closeAll, start } from "./world";

const ID = "00000000-0000-4000-8000-000000000000";

let client: Client;
beforeEach(async () => {
  client = (await start({ guests: "none" })).client;
});
afterEach(closeAll);

test.each([
  ["POST", "/elastic-ip"],
  ["PUT", `/private-network/${ID}:attach`],
  ["POST", `/reverse-dns/instance/${ID}`],
  ["POST", `/instance/${ID}:create-snapshot`],
  ["PUT", `/instance/${ID}:reset`],
  ["GET", "/quota"],
])("%s %s is a 501 that says what the emulator has", async (method, path) => {
  const { status, body } = await client.send(method, path);
  expect([status, body.message]).toEqual([
    501,
    `The emulator has no ${method} ${path}. It has keys, instances, instance pools, security groups, anti-affinity groups and the catalogue.`,
  ]);
});

test("a list of what nobody can create there is empty, and an object of it is not found", async () => {
  expect(await client.get("/private-network")).toEqual({ "private-networks": [] });
  expect((await client.send("GET", `/private-network/${ID}`)).status).toBe(404);
});

test("an instance has no DNS name for its address", async () => {
  expect((await client.send("GET", `/reverse-dns/instance/${ID}`)).status).toBe(404);
});

test("what Exoscale has not either is not found", async () => {
  expect((await client.send("GET", "/spaceship")).status).toBe(404);
  expect((await client.send("PUT", "/ssh-key/alice")).status).toBe(404);
});

test("a signature is required all the same", async () => {
  expect((await fetch(`${client.endpoint}/elastic-ip`)).status).toBe(403);
});

const withDocument = apiDocument ? describe : describe.skip;

withDocument(`as the API document has it${whySkipped}`, () => {
  const operations = Object.entries(apiDocument?.paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{[^}]+\}/g, ID) })),
  );
  const others = operations.filter(({ method, path }) => router.find(method, path) === undefined);

  test("each operation is emulated, or an empty list, or an object that is not found, or a 501", async () => {
    const wrong: string[] = [];
    for (const { method, path } of others) {
      const { status } = await client.send(method, path);
      const isFine = status === 501 || (method === "GET" && (path in emptyLists ? status === 200 : status === 404));
      if (!isFine) wrong.push(`${method} ${path}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(others.length).toBeGreaterThan(200);
  });

  test.each(Object.keys(emptyLists))("the empty list of %s has the declared member", async (path) => {
    const answered = JSON.stringify(await client.get(path));
    const request = { at: 0, zone: "", ms: 0, method: "GET", path: `/v2${path}`, status: 200 };
    expect(answered).toContain("[]");
    expect(judge?.deviations({ request, agent: "", sent: "", answered, fault: undefined })).toEqual([]);
  });
});
