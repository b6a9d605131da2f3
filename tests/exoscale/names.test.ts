import { InvalidNameError } from "../../provider/errors";
import { Instances } from "../../provider/exoscale/instances";
import { checkedKeyName, idPath, keyPath } from "../../provider/exoscale/names";
import { SshKeys } from "../../provider/exoscale/ssh_keys";
import { closeServers, serve, uuid } from "./scripted_server";

afterEach(closeServers);

test.each(["deploy", "a", "A.b_c-9", `k${"x".repeat(254)}`])("takes %j as the name of a key", (name) => {
  expect(keyPath(name)).toBe(`/ssh-key/${name}`);
});

test.each([
  ["Alice Example", "/ssh-key/Alice%20Example"],
  ["a?b#c&d", "/ssh-key/a%3Fb%23c%26d"],
  ["é:", "/ssh-key/%C3%A9%3A"],
  [".a", "/ssh-key/.a"],
])("finds the path of an old key with the name %j", (name, path) => {
  expect(keyPath(name)).toBe(path);
});

test.each(["", ".", "..", "...", "../instance/1", "a/b", "a\\b", "a%2fb", "a\n", "\ud800"])(
  "has no path for the name %j",
  (name) => {
    expect(() => keyPath(name)).toThrow(InvalidNameError);
  },
);

test.each(["", "../instance/1", "..", ".a", "a/b", "a b", "a?b", "a%2fb", "a\n", "é", `k${"x".repeat(255)}`])(
  "refuses %j as the name of a new key",
  (name) => {
    expect(() => checkedKeyName(name)).toThrow(InvalidNameError);
  },
);

test("says which value cannot be used and what is allowed", () => {
  expect(() => checkedKeyName("../x")).toThrow(
    '"../x" is not a valid SSH key name. Allowed: ^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$.',
  );
});

test.each(["", "1", "../ssh-key/deploy", `${uuid(1)}:stop`, `${uuid(1)}\n`])("refuses %j as an id", (id) => {
  expect(() => idPath("instance", id)).toThrow(InvalidNameError);
});

test("sends no request for a key name that is a path", async () => {
  const server = await serve();
  const keys = new SshKeys(server.api());
  await expect(keys.remove(`../instance/${uuid(1)}`)).rejects.toThrow(InvalidNameError);
  expect(server.lines()).toEqual([]);
});

test("looks for a key whose name is a path in the list, and registers no such key", async () => {
  const server = await serve({ json: { "ssh-keys": [] } }, { json: { "ssh-keys": [] } });
  const keys = new SshKeys(server.api());
  expect(await keys.find("../instance")).toBeUndefined();
  await expect(keys.register("../x", "ssh-ed25519 AAAA", "00")).rejects.toThrow(InvalidNameError);
  expect(server.lines()).toEqual(["GET /ssh-key", "GET /ssh-key"]);
});

test("sends no request for an instance id that is a path", async () => {
  const server = await serve();
  await expect(new Instances(server.api()).remove("../ssh-key/deploy")).rejects.toThrow(InvalidNameError);
  expect(server.lines()).toEqual([]);
});

test.each(["/instance/../ssh-key", "/ssh-key/./a", "/ssh-key/a?b", "/ssh-key/a#b", "/ssh-key/%2e%2e/x"])(
  "sends no request for a path that a URL parser would change: %s",
  async (path) => {
    const server = await serve();
    await expect(server.api().get({ what: "read", path }, {})).rejects.toThrow(InvalidNameError);
    expect(server.lines()).toEqual([]);
  },
);
