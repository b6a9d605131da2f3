/** Holders that do not answer, beside others that do. */
import { resources } from "../../provider/resources";
import { findHolders } from "../../provider/resources/revocation/holders";
import { findKeyStatuses } from "../../provider/resources/revocation/key_status";
import { probeHolders } from "../../provider/resources/revocation/probe_holders";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance, SecurityGroup } = resources;
const sshKeys = [{ name: "alice", publicKeyOpenssh: alice.line }];
const urn = "urn:pulumi:dev::p::t::";
const identityOf = (name: string) => ({ organization: "o", urn: `${urn}${name}`, name });

/** Long enough for the host that answers, on a busy machine. */
const WITHIN_MS = 6_000;

let cloud: TestCloud;
/** Sixteen machines whose port no rule opens, and one machine that is found after them and answers. */
beforeAll(async () => {
  cloud = await startCloud({ guests: "ssh2", zones: ["ch-gva-2"], settings: { closedPort: "silent" } });
  cloud.emulator.cloud.openSsh();
  cloud.emulator.cloud.swapKey("alice", alice.line);
  const run = cloud.run();
  const closed = await run.create(SecurityGroup, { name: "closed", identity: identityOf("closed") });
  for (let index = 0; index < 16; index += 1) {
    const name = `silent-${index}`;
    await run.create(Instance, { ...machine, name, identity: identityOf(name), sshKeys, securityGroups: [closed.id] });
  }
  await run.create(Instance, { ...machine, identity: identityOf("web"), sshKeys, waitForSsh: true });
});
afterAll(closeClouds);

test("getKeyHolders hears the host that answers, although sixteen silent ones were asked before it", async () => {
  const { account } = cloud.run();
  const holders = await findHolders(account, { name: "alice" });
  const answers = await probeHolders(account, holders, alice.line, WITHIN_MS);
  expect(answers.at(-1)).toMatchObject({ name: "web", accepts: "yes" });
  const reasons = new Set(answers.slice(0, -1).map(({ accepts, reason }) => `${accepts}: ${reason}`));
  expect([...reasons]).toEqual(["unknown: there was no time left to wait for its answer"]);
});

test("a deletion hears it too", async () => {
  const { account } = cloud.run();
  const key = {
    name: "alice",
    fingerprintMd5: alice.md5,
    fingerprintSha256: alice.sha256,
    publicKeyOpenssh: alice.line,
    credential: { what: "", todo: "" },
    connection: undefined,
    allowLockout: false,
    endSessions: false,
    successor: undefined,
  };
  const statuses = await findKeyStatuses(key, await findHolders(account, key), account, WITHIN_MS);
  expect(statuses.at(-1)).toMatchObject({ holder: { name: "web" }, status: "open" });
  expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set(["unknown", "open"]));
});

test("a host that was never asked is said to be so, and not to be silent", async () => {
  const { account } = cloud.run();
  const holders = await findHolders(account, { name: "alice" });
  const answers = await probeHolders(account, holders, alice.line, 0);
  expect(new Set(answers.map(({ reason }) => reason))).toEqual(new Set(["there was no time left to ask it"]));
});
