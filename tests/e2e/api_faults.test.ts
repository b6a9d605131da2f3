import { setTimeout as pause } from "node:timers/promises";
import { allowSsh } from "pulumi-exoscale-ssh";
import type { Exchange, Fault } from "../../emulator";
import { bob } from "../resources/known_keys";
import { declare, type Front } from "./fronts";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

/** Faults of the API at which other tools forget an object, make it twice, or need a repair by hand: F1 to F9. */

jest.setTimeout(240_000);

/** Two machines share them, and a request is repeated seven times. */
const FAILING_POLLS = 20;

/** What the tests do with each exchange. */
let heard: (exchange: Exchange) => void = () => undefined;

const { emulator, stack } = useStack({ perTest: true, hostKeys: ["ed25519"], exchange: (each) => heard(each) });

beforeEach(() => {
  heard = () => undefined;
});

/** A key, a group with two rules, two machines that have both, and a key that somebody brought along on one of them. */
const shop = (front: Front) => async () => {
  const alice = declare(front, "SshKeyPair", "alice", {});
  const ssh = declare(front, "SecurityGroup", "ssh", { rules: allowSsh("0.0.0.0/0", "::/0") });
  const privateKey = alice["privateKeyOpenssh"];
  const { name, publicKeyOpenssh } = alice;
  const shared = { ...machine, sshKeys: [{ name, publicKeyOpenssh }], securityGroups: [ssh.id], waitForSsh: true };
  declare(front, "Instance", "db", { ...shared, connection: { privateKey } });
  const web = declare(front, "Instance", "web", { ...shared, connection: { privateKey } });
  const connection = { user: "debian", host: web["publicIp"], privateKey };
  declare(front, "AuthorizedKey", "bob", { connection, publicKey: bob.line });
};

const instances = () => emulator.cloud.instances();
const groups = () => emulator.cloud.groups.filter((name) => name !== "default");
const account = () => ({
  instances: instances().map(({ id }) => id),
  keys: emulator.cloud.keys.map(({ name }) => name),
  groups: groups(),
});

/** Everything that the state has is in the account once, and nothing else is; the rest of its life goes as usual. */
async function expectEachOnce(front: Front): Promise<void> {
  const { alice, ssh, web, db } = stack.state();
  const ids = [db, web].map((each) => each?.outputs["instanceId"]);
  expect({
    ...account(),
    instances: instances()
      .map(({ id }) => id)
      .sort(),
  }).toEqual({
    instances: ids.sort(),
    keys: [alice?.outputs["name"]],
    groups: [ssh?.outputs["name"]],
  });
  const keys = await (await emulator.cloud.guest(stack.instanceId("web"))).authorizedKeys();
  expect(keys.split(bob.line)).toHaveLength(2);
  await stack.refresh({ expectNoChanges: true });
  expect(await stack.preview(shop(front))).toEqual({ same: 6 });
  await stack.destroy();
  expectNothingLeft();
}

function expectNothingLeft(): void {
  expect(stack.state()).toEqual({});
  expect(account()).toEqual({ instances: [], keys: [], groups: [] });
}

const creations: [title: string, path: RegExp][] = [
  ["a key", /^\/ssh-key$/],
  ["an instance", /^\/instance$/],
  ["a group", /^\/security-group$/],
  ["a rule", /\/rules$/],
];
const order = (fault: Fault) => emulator.faults.add(fault);

/** How many requests got this answer; 0 is none. */
const met = (wanted: number) => emulator.requests.filter(({ status }) => status === wanted).length;

/** Does something once, when the API has answered the first request of this kind. */
function afterFirst(method: string, path: RegExp, then: () => void): void {
  heard = ({ request }) => {
    if (request.method !== method || !path.test(request.path.replace(/^\/v2/, ""))) return;
    heard = () => undefined;
    then();
  };
}

describe.each<Front>(["dynamic", "plugin"])("Through the %s front", (front) => {
  test.each(creations)("F1, F2: the creation of %s is not repeated if its answer is lost", async (_, path) => {
    order({ kind: "lost-reply", method: "POST", path });
    await stack.up(shop(front));
    expect(met(0)).toBe(1);
    await expectEachOnce(front);
  });

  test("F2: a creation that gets a 504 is tried again", async () => {
    for (const [, path] of creations) order({ kind: "status", status: 504, method: "POST", path });
    await stack.up(shop(front));
    expect(met(504)).toBe(creations.length);
    await expectEachOnce(front);
  });

  test("F3: a deletion whose answer is lost is done, and the destruction ends well", async () => {
    await stack.up(shop(front));
    const paths = [/^\/instance\//, /^\/ssh-key\//, /^\/security-group\//];
    for (const path of paths) order({ kind: "lost-reply", method: "DELETE", path });
    await stack.destroy();
    expect(met(0)).toBe(paths.length);
    expectNothingLeft();
  });

  test("F4: an instance whose creation fails is in the state, and the next up puts another in its place", async () => {
    order({ kind: "operation-failure", method: "POST", path: /^\/instance$/, message: "No capacity" });
    expect(await stack.failure(stack.up(shop(front)))).toContain("No capacity");
    const failed = instances().find(({ state }) => state === "error")?.["id"];
    expect([stack.instanceId("web"), stack.instanceId("db")]).toContain(failed);
    await stack.up(shop(front));
    expect(account().instances).not.toContain(failed);
    await expectEachOnce(front);
  });

  test.each(
    creations.flatMap(([title, path]) =>
      (["operation-failure", "born-failure"] as const).map((kind) => [title, kind, path] as const),
    ),
  )(
    "F4, F5: the creation of %s that ends in failure (%s) fails the run, and the next up makes it",
    async (_, kind, path) => {
      order({ kind, method: "POST", path, message: "Not today" });
      expect(await stack.failure(stack.up(shop(front)))).toContain("Not today");
      await stack.up(shop(front));
      await expectEachOnce(front);
    },
  );

  test("F6: machines that are being created when everything is killed are adopted by the next up", async () => {
    emulator.cloud.setOperationMs(3_000);
    const killed = stack.failure(stack.up(shop(front)));
    while (instances().length < 2) await pause(10);
    const made = account().instances.sort();
    stack.killAll();
    await killed;
    await stack.cancelKilled();
    emulator.cloud.setOperationMs(20);
    await stack.up(shop(front));
    expect(account().instances.sort()).toEqual(made);
    await stack.refresh({ clearPendingCreates: true });
    await expectEachOnce(front);
  });

  // How many minutes of this a run bears is in tests/exoscale/operation.test.ts, in simulated time.
  test("F7: a run goes on although polls fail more often than a request is repeated", async () => {
    const fault = { kind: "status", status: 503, method: "GET", path: /^\/operation\//, times: FAILING_POLLS } as const;
    afterFirst("POST", /^\/instance$/, () => order(fault));
    await stack.up(shop(front));
    expect(met(503)).toBe(FAILING_POLLS);
    await expectEachOnce(front);
  });

  test("F8: a run ends well although the API takes five requests a second", async () => {
    emulator.cloud.set({ requestsPerSecond: 5 });
    await stack.up(shop(front));
    expect(met(429)).toBeGreaterThan(0);
    await expectEachOnce(front);
  });

  test.each(creations)("F9: %s that cannot be read after its creation is not made twice", async (_, path) => {
    afterFirst("POST", path, () => order({ kind: "status", status: 403, method: "GET", path: /./, times: 1_000 }));
    await stack.failure(stack.up(shop(front)));
    const made = account();
    emulator.faults.clear();
    await stack.up(shop(front));
    for (const [kind, objects] of Object.entries(account()))
      expect(objects).toEqual(expect.arrayContaining(made[kind as keyof typeof made]));
    await expectEachOnce(front);
  });
});
