import { rmSync } from "node:fs";
import { join } from "node:path";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

/** These commands run the program in its own process, as for a user. Its secrets come from the environment. */
const { emulator, stack } = useStack({ guests: "none" });

beforeAll(async () => {
  stack.setEnvironment({ TEST_PASSPHRASE: "correct horse", TEST_USER_DATA: "#!/bin/sh\n# the door code is 4711" });
  stack.expectHidden("correct horse");
  stack.expectHidden("the door code is 4711");
  stack.writeProgram(program);
});

const program = `
const { Instance, SshKeyPair } = require("pulumi-exoscale-ssh");
const { TEST_LABEL = "", TEST_PASSPHRASE, TEST_USER_DATA } = process.env;
const alice = new SshKeyPair("alice", { passphrase: TEST_PASSPHRASE });
const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
const connection = { privateKey: alice.privateKeyOpenssh, passphrase: TEST_PASSPHRASE };
const labels = { team: TEST_LABEL };
const web = new Instance("web", { ...machine, sshKeys: [alice], userData: TEST_USER_DATA, connection, labels });
exports.privateKey = alice.privateKeyOpenssh;
exports.connection = web.connection;
`;
const unattended = ["--yes", "--skip-preview", "--non-interactive"];

describe("A plan", () => {
  test("of the first up shows no secret", async () => {
    const { steps } = JSON.parse(await stack.pulumi("preview", "--json"));
    expect(steps.map(({ op }: { op: string }) => op)).toEqual(["create", "create", "create"]);
    await stack.pulumi("up", ...unattended);
    expect(stack.leaks()).toEqual([]);
  });

  test("that is saved shows no secret, and up follows it", async () => {
    stack.setEnvironment({ TEST_PASSPHRASE: "battery staple", TEST_LABEL: "shop" });
    stack.expectHidden("battery staple");
    await stack.pulumi("preview", "--json", "--save-plan", "plan.json");
    expect(await stack.pulumi("up", ...unattended, "--plan", "plan.json")).toContain("2 updated");
    expect(stack.leaks()).toEqual([]);
  });
});

test("stack output shows secrets only if asked", async () => {
  expect(await stack.pulumi("stack", "output", "privateKey")).toContain("[secret]");
  const shown = await stack.shown("stack", "output", "privateKey", "--show-secrets");
  expect(shown).toContain("BEGIN OPENSSH PRIVATE KEY");
  stack.expectHidden(shown);
});

test("the search after every test finds secrets in a state that is exported in plain text", async () => {
  const file = join(stack.programFolder, "shown.json");
  await stack.shown("stack", "export", "--show-secrets", "--file", file);
  const found = new Set(stack.leaks().map(({ where }) => where));
  rmSync(file);
  expect(found).toEqual(new Set([file]));
});

describe("After the API secret was rotated", () => {
  const refused = "API_CREDENTIALS_REJECTED";

  test("refresh and destroy use the new one at once if it is in the environment", async () => {
    emulator.rotateSecret("a-second-secret-after-the-rotation");
    stack.setEnvironment(emulator.environment);
    stack.expectHidden("a-second-secret-after-the-rotation");
    await stack.pulumi("refresh", ...unattended);
  });

  test("refresh and destroy fail with the old one from the state if it is configured, and keep everything", async () => {
    const { EXOSCALE_API_KEY, EXOSCALE_API_SECRET } = emulator.environment;
    await stack.configureSecret("exoscale-ssh:apiKey", EXOSCALE_API_KEY);
    await stack.configureSecret("exoscale-ssh:apiSecret", EXOSCALE_API_SECRET);
    stack.setEnvironment({ EXOSCALE_API_KEY: "", EXOSCALE_API_SECRET: "" });
    await stack.pulumi("up", ...unattended);
    emulator.rotateSecret("a-third-secret-after-the-rotation");
    await stack.configureSecret("exoscale-ssh:apiSecret", "a-third-secret-after-the-rotation");
    expect(await stack.failure(stack.pulumi("refresh", ...unattended))).toContain(refused);
    expect(await stack.failure(stack.pulumi("destroy", ...unattended))).toContain(refused);
    expect(Object.keys(stack.state())).toEqual(["alice", "web"]);
  });

  test("refresh --run-program and destroy --run-program use the configured one", async () => {
    await stack.pulumi("refresh", ...unattended, "--run-program");
    emulator.rotateSecret("a-fourth-secret-after-the-rotation");
    await stack.configureSecret("exoscale-ssh:apiSecret", "a-fourth-secret-after-the-rotation");
    await stack.pulumi("destroy", ...unattended, "--run-program");
    expect([emulator.cloud.keys, emulator.cloud.instances()]).toEqual([[], []]);
  });
});

describe("Refresh", () => {
  test("loses nothing if the endpoint does not answer", async () => {
    await stack.pulumi("up", ...unattended);
    // The state has the configured credentials, but not the endpoint.
    stack.setEnvironment({ EXOSCALE_API_ENDPOINT: "http://127.0.0.1:9/v2" });
    expect(await stack.failure(stack.pulumi("refresh", ...unattended))).toContain("API_UNREACHABLE");
    stack.setEnvironment(emulator.environment);
    expect(Object.keys(stack.state())).toEqual(["alice", "web"]);
  });

  test("in the same command as up recreates a machine that is gone", async () => {
    const gone = stack.instanceId("web");
    await emulator.cloud.destroyInstance(gone);
    await stack.pulumi("up", ...unattended, "--refresh");
    expect(emulator.cloud.instances().map(({ id }) => id)).toEqual([stack.instanceId("web")]);
    expect(stack.instanceId("web")).not.toBe(gone);
    await stack.pulumi("destroy", ...unattended);
  });
});
