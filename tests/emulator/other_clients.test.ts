/** The requests of clients that cannot be installed everywhere, in their order. */
import { alice } from "../resources/known_keys";
import { type Client, closeAll, start } from "./world";

const SSH = { "flow-direction": "ingress", protocol: "tcp", network: "0.0.0.0/0", "start-port": 22, "end-port": 22 };

let client: Client;
beforeEach(async () => {
  client = (await start({ guests: "none" })).client;
});
afterEach(closeAll);

/** The statuses of requests, each `METHOD /path`. */
const statuses = async (...requests: string[]) => {
  const all: number[] = [];
  for (const request of requests) {
    const [method = "", path = ""] = request.split(" ");
    all.push((await client.send(method, path)).status);
  }
  return all;
};

// Recorded with the provider's acceptance test (exoscale/terraform-provider-exoscale#576).
test("Terraform makes a key, and destroys it after it has asked for the operation", async () => {
  await client.register("terraform", alice.line);
  expect((await client.send("GET", "/ssh-key/terraform")).status).toBe(200);
  const { body } = await client.send("DELETE", "/ssh-key/terraform");
  expect((await client.send("GET", `/operation/${body.id}`)).body.state).toBe("success");
  expect(await statuses("GET /ssh-key/terraform")).toEqual([404]);
});

// From the provider's code: a refresh asks for the reverse DNS, and takes a 404 for none.
test("Terraform makes, refreshes and destroys a machine with a group", async () => {
  const { reference } = await client.settle("POST", "/security-group", { name: "ssh", description: "" });
  await client.settle("POST", `/security-group/${reference.id}/rules`, SSH);
  const declared = { "secureboot-enabled": false, "tpm-enabled": false, "public-ip-assignment": "inet4" };
  const { id } = await client.create({ ...declared, "security-groups": [{ id: reference.id }] });
  const refresh = ["GET /zone", `GET /instance/${id}`, `GET /reverse-dns/instance/${id}`, "GET /instance-type"];
  expect(await statuses(...refresh, `GET /security-group/${reference.id}`)).toEqual([200, 200, 404, 200, 200]);
  expect((await client.settle("DELETE", `/instance/${id}`)).state).toBe("success");
  expect((await client.settle("DELETE", `/security-group/${reference.id}`)).state).toBe("success");
});

// From exo's code and from recordings of it: what it lists before it creates a machine, and when it shows one.
test("exo lists what it needs to make and to show a machine", async () => {
  const before = ["/zone", "/instance-type", "/ssh-key", "/template?visibility=public", "/security-group"];
  const lists = ["/anti-affinity-group", "/deploy-target", "/private-network", "/elastic-ip", "/snapshot"];
  const { id } = await client.create();
  const shown = await statuses(...[...before, ...lists].map((path) => `GET ${path}`), `GET /instance/${id}`);
  expect(shown).toEqual(Array.from({ length: 11 }, () => 200));
});
