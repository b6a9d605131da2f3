import type { Exchange } from "../emulated";
import { type Moment, RotatingShop } from "./rotating_shop";

jest.setTimeout(240_000);

/** A rotation whose engine and plugins are killed at one of its steps, or that fails, and the next update. */

let shop: RotatingShop;

beforeAll(async () => {
  shop = await RotatingShop.open();
});

afterAll(async () => await shop?.close());

/** An update of an instance that labels a key as closed. */
const saysClosed = (id: string | undefined, { request, sent }: Exchange) =>
  request.method === "PUT" && request.path === `/v2/instance/${id}` && sent.includes("exoscale-ssh.closed.");

const isUpdateOfPool = ({ request: { method, path } }: Exchange) =>
  method === "PUT" && path.startsWith("/v2/instance-pool/");

/** The moments in their order, and how many keys each leaves in the account but in no state. */
const moments: [title: string, moment: Moment, lost?: number][] = [
  ["the new key is in the account, but in no state", (at) => at.loseReply("POST", /^\/ssh-key$/), 1],
  ["the new pair is in the state, but nothing is done on the machine", (at) => at.hush("PUT", /^\/instance\//)],
  ["it logs in", (at) => at.says("logging in")],
  ["it adds the new key", (at) => at.says("adding the new key")],
  ["it proves the new key", (at) => at.says("proving that the new key is accepted")],
  ["it removes the old key", (at) => at.says("removing the old key")],
  ["it proves that the old key is refused", (at) => at.says("proving that the old key is refused")],
  [
    "the old key is closed on the machine, but no state has that",
    (at) => at.hushAfter((each) => saysClosed(at.machines[0], each)),
  ],
  ["the machine is done, and the revocation of the old pair begins", (at) => at.hush("GET", /^\/instance-pool$/)],
  ["it removes the old key from the pool", (at) => at.hush("PUT", /^\/instance-pool\//)],
  ["it has removed the old key from the pool", (at) => at.hushAfter(isUpdateOfPool)],
  [
    "it has removed the old key from a machine outside the program",
    (at) => at.hushAfter((each) => saysClosed(at.machines[1], each)),
  ],
  ["the old key is closed everywhere, but still in the account", (at) => at.hush("DELETE", /^\/ssh-key\//)],
  ["the old key is gone from the account, but not from the state", (at) => at.loseReply("DELETE", /^\/ssh-key\//)],
];

/** Whether the newest key opens every machine, the one before it none, and no file has an older one. */
async function expectRotated(): Promise<void> {
  const [before, now] = shop.keys.slice(-2).map((key) => shop.opens(key));
  expect([await now, await before, await shop.leftInFiles()]).toEqual([[0, 1, 2], [], []]);
  const web = shop.stack.state()["web"]?.outputs;
  expect(web).toMatchObject({ instanceId: shop.machines[0], staleSshKeys: [] });
  expect(marks()).toEqual(["exoscale-ssh.key", "exoscale-ssh.key", "exoscale-ssh.key"]);
  expect(shop.keysOfAccount()).toEqual([shop.keys.at(-1)?.name]);
}

/** The labels of all machines about keys, without the digits of the keys. */
function marks(): string[] {
  const labels = shop.emulator.cloud.instances().flatMap((instance) => Object.keys(instance["labels"] ?? {}));
  const kinds = labels.map((label) => label.split(".").slice(0, 2).join("."));
  return kinds.filter((kind) => !["closed", "hostkey", "owner", "resource"].includes(kind.split(".")[1] ?? ""));
}

describe("a rotation is killed when", () => {
  test.each(moments)("%s, and the next up completes it", async (_, moment, lost = 0) => {
    await shop.rotateUntil(moment);
    await shop.up();
    // The private key of a key that no state has is lost, so it opens nothing.
    expect(shop.removeUnknownKeys()).toBe(lost);
    await expectRotated();
    await shop.stack.pulumi("preview", "--non-interactive", "--expect-no-changes");
  });
});

describe("a rotation is killed, and another one follows, when", () => {
  test.each<[title: string, moment: Moment]>([
    ["the machine of the program", (at) => at.hushSecondChange(at.machines[0])],
    ["the manually created machine", (at) => at.hushSecondChange(at.machines[1])],
  ])("%s has only the new key, but no label says so yet", async (_, moment) => {
    await shop.rotateUntil(moment);
    await shop.remember();
    await shop.rotate();
    await expectRotated();
  });
});

describe("a rotation fails because", () => {
  test.each<[title: string, befall: () => Promise<void> | void]>([
    ["the machine is down", () => shop.befall({ kind: "refused" })],
    ["the connection breaks half-way", () => shop.befall({ kind: "dropped-after-bytes", bytes: 20_000 })],
    ["its last label is refused after the machine is done", () => shop.refuseSecondChange()],
  ])("%s, and the next one closes both keys", async (_, befall) => {
    shop.askForAnotherKey();
    await befall();
    await shop.stack.failure(shop.up());
    await shop.goOn();
    await shop.rotate();
    await expectRotated();
  });
});
