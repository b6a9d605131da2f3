import { type SecurityGroupRule, SecurityGroups } from "../../provider/exoscale/security_groups";
import { type Answer, closeServers, malformed, operation, serve, uuid } from "./scripted_server";

afterEach(closeServers);

const id = uuid(1);
const rules = `/security-group/${id}/rules`;
const ssh: SecurityGroupRule = {
  "flow-direction": "ingress",
  protocol: "tcp",
  "start-port": 22,
  "end-port": 22,
  "security-group": { id: uuid(2) },
};
const groups = (...list: object[]): Answer => ({ json: { "security-groups": list } });
const isSsh = (found: SecurityGroupRule) => found["start-port"] === 22 && found["end-port"] === 22;

test("creates a group and tells its id before the wait", async () => {
  const server = await serve(operation("pending", { reference: { id } }), operation("success", { reference: { id } }));
  const accepted: number[] = [];
  const made = await new SecurityGroups(server.api()).create(
    { name: "web" },
    { others: [], onAccepted: () => accepted.push(server.received.length) },
  );
  expect(made).toBe(id);
  expect(accepted).toEqual([1]);
});

test.each<[string, Answer]>([["a lost reply", "break"], ...malformed])(
  "finds the group that %s hides",
  async (_, fault) => {
    const server = await serve(fault, groups({ id, name: "web" }), { json: { id, name: "web" } });
    expect(await new SecurityGroups(server.api()).create({ name: "web" }, { others: [] })).toBe(id);
  },
);

test("does not take somebody else's group for its own after a lost reply", async () => {
  const theirs = { id, name: "web", rules: [{ id: uuid(5), ...ssh }] };
  const server = await serve("break", groups(theirs), { json: theirs }, { status: 409 }, groups());
  await expect(new SecurityGroups(server.api()).create({ name: "web" }, { others: [] })).rejects.toMatchObject({
    status: 409,
  });
});

test.each<[string, Answer]>([["a lost reply", "break"], ["a server error", { status: 503 }], ...malformed])(
  "takes over no empty group that had the name before, after %s",
  async (_, fault) => {
    const server = await serve(fault, groups({ id, name: "web" }), { status: 409 }, groups({ id, name: "web" }));
    const creation = new SecurityGroups(server.api()).create({ name: "web" }, { others: [id] });
    await expect(creation).rejects.toMatchObject({ status: 409 });
  },
);

test("looks for a group that its finished operation does not name", async () => {
  const server = await serve(operation("success"), groups({ id, name: "web" }), { json: { id, name: "web" } });
  expect(await new SecurityGroups(server.api()).create({ name: "web" }, { others: [] })).toBe(id);
});

test.each<[string, Answer]>([["a lost reply", "break"], ...malformed])(
  "adds a rule once after %s",
  async (_, fault) => {
    const existing = { id: uuid(5), ...ssh, "security-group": { id: uuid(2), name: "office" } };
    const server = await serve(fault, { json: { id, name: "web", rules: [existing] } });
    await new SecurityGroups(server.api()).addRule(id, ssh, isSsh);
    expect(server.lines()).toEqual([`POST ${rules}`, `GET /security-group/${id}`]);
  },
);

test("adds a rule again when only a similar one is there after a lost reply", async () => {
  const server = await serve(
    "break",
    { json: { id, name: "web", rules: [{ ...ssh, id: uuid(5), "end-port": 23 }] } },
    operation("success"),
  );
  await new SecurityGroups(server.api()).addRule(id, ssh, isSsh);
  expect(server.lines().at(-1)).toBe(`POST ${rules}`);
});

test("removes a rule, or finds that it is gone", async () => {
  const server = await serve({ status: 404, json: { message: "not found" } });
  await new SecurityGroups(server.api()).removeRule(id, uuid(5));
  expect(server.lines()).toEqual([`DELETE ${rules}/${uuid(5)}`]);
});

test("puts an instance into a group and takes it out", async () => {
  const server = await serve(operation("success"), operation("success"));
  const securityGroups = new SecurityGroups(server.api());
  await securityGroups.attach(id, uuid(3));
  await securityGroups.detach(id, uuid(3));
  expect(server.lines()).toEqual([`PUT /security-group/${id}:attach`, `PUT /security-group/${id}:detach`]);
  expect(server.received[0]?.body).toBe(`{"instance":{"id":"${uuid(3)}"}}`);
});
