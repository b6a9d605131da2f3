import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { allowSsh, Instance, SecurityGroup, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { wordsOf } from "../ssh/real_ssh";
import { useStack } from "./use_stack";

jest.setTimeout(180_000);

const { emulator, stack } = useStack();

/** One machine whose only key is in a file. */
const shop = (args: SshKeyPairArgs) => async () => {
  const alice = new SshKeyPair("alice", args);
  const ssh = new SecurityGroup("ssh", { rules: allowSsh("0.0.0.0/0") });
  const web = new Instance("web", {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    sshKeys: [alice],
    securityGroups: [ssh],
    waitForSsh: true,
    replaceOnKeyChange: true,
  });
  return { login: web.sshCommand, fingerprint: alice.publicKeyFingerprintSha256, privateKey: alice.privateKeyOpenssh };
};

const file = (name: string) => join(stack.programFolder, "keys", name);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
/** Adds the key to the search for leaks as it is in the file: each encoding is a different text. */
const hide = (name: string) => stack.expectHidden(readFileSync(file(name), "utf8"));
const secretOutputs = () =>
  Object.keys(stack.state()["alice"]?.outputs ?? {}).filter((name) => name.startsWith("privateKey"));

/** Files below the stack's folder that contain the private key, and other places. There should be no other place. */
const placesOfTheKey = () => [...new Set(stack.leaks().map(({ where }) => where))];

/** The output of the real ssh, which gets the key only by its file. */
async function logIn(login: unknown, privateKeyFile: string, command: string): Promise<string> {
  const options = [
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
  ];
  const args = ["-F", "none", "-i", privateKeyFile, ...options.flatMap((option) => ["-o", option])];
  // Not synchronous: the guest runs in this process.
  const ssh = spawn("ssh", [...args, ...wordsOf(login), command], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 30_000,
  });
  return (await text(ssh.stdout)).trim();
}

describe("a pair with a private key file, from the first up to destroy", () => {
  const first = { privateKeyFile: "keys/alice" };
  const second = { privateKeyFile: "keys/alice-2027", triggers: ["2027"] };
  let outputs: Record<string, unknown>;

  test("has its private key in the program's folder and nowhere else", async () => {
    outputs = await stack.up(shop(first));
    hide("alice");
    expect(placesOfTheKey()).toEqual([file("alice")]);
    expect([mode(file("alice")), mode(file(""))]).toEqual(["600", "700"]);
    expect([secretOutputs(), outputs["privateKey"]]).toEqual([["privateKeyFile"], undefined]);
  });

  test("opens the machine to the real ssh", async () => {
    expect(await logIn(outputs["login"], file("alice"), "echo Alice is in")).toBe("Alice is in");
  });

  test("has nothing to change at refresh on a machine without the file", async () => {
    renameSync(file("alice"), file("away"));
    await stack.refresh();
    expect(await stack.preview(shop(first))).toEqual({ same: 4 });
    const said = await stack.failure(stack.preview(shop({ ...first, comment: "laptop" })));
    expect(said.replace(/\s+/g, " ")).toContain(
      '"keys/alice" on this machine does not hold the private key of the pair',
    );
    renameSync(file("away"), file("alice"));
  });

  test("is updated in place with another comment and another path", async () => {
    const moved = await stack.up(shop({ privateKeyFile: "keys/moved", comment: "laptop" }));
    hide("moved");
    expect([moved["fingerprint"], readdirSync(file(""))]).toEqual([outputs["fingerprint"], ["moved"]]);
    expect(await logIn(outputs["login"], file("moved"), "echo still in")).toBe("still in");
    await stack.up(shop(first));
    hide("alice");
    expect(placesOfTheKey()).toEqual([file("alice")]);
  });

  test.each([
    ["new triggers", async () => await stack.failure(stack.preview(shop({ ...first, triggers: ["2027"] })))],
    [
      "a taint",
      async () => {
        await stack.taint("alice");
        return await stack.failure(stack.up(shop(first)));
      },
    ],
  ])("is not replaced by %s if the path stays the same", async (_what, attempt) => {
    expect((await attempt()).replace(/\s+/g, " ")).toMatch(
      /property privateKeyFile .*"keys\/alice".* never overwritten/,
    );
    expect(stack.state()["alice"]?.outputs["publicKeyFingerprintSha256"]).toBe(outputs["fingerprint"]);
    expect(readdirSync(file(""))).toEqual(["alice"]);
  });

  test("is replaced if the path changes with the triggers", async () => {
    const replaced = await stack.up(shop(second));
    hide("alice-2027");
    expect(replaced["fingerprint"]).not.toBe(outputs["fingerprint"]);
    expect(placesOfTheKey()).toEqual([file("alice-2027")]);
    expect(await logIn(replaced["login"], file("alice-2027"), "echo Alice is in again")).toBe("Alice is in again");
  });

  test("is gone after destroy, and so is its file", async () => {
    await stack.destroy();
    expect([emulator.cloud.keys, readdirSync(file(""))]).toEqual([[], []]);
  });
});

test("a pair whose registration is unclear keeps its file and its state, and the next up continues", async () => {
  const program = async () => void new SshKeyPair("alice", { name: "alice", privateKeyFile: "keys/unclear" });
  emulator.faults.add({ kind: "lost-reply", method: "POST", path: "/ssh-key" });
  emulator.faults.add({ kind: "status", status: 403, path: "/ssh-key/alice" });
  expect(await stack.failure(stack.up(program))).toContain("whether SSH key");
  const made = stack.state()["alice"]?.outputs["publicKeyFingerprintMd5"];
  hide("unclear");
  await stack.up(program);
  expect(stack.state()["alice"]?.outputs["publicKeyFingerprintMd5"]).toBe(made);
  expect(emulator.cloud.keys).toMatchObject([{ name: "alice", fingerprint: made }]);
  await stack.destroy();
  expect(existsSync(file("unclear"))).toBe(false);
});
