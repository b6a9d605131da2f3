import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { ProcessArguments } from "./process_arguments";
import { filesHolding, leaksIn } from "./secret_search";

let privateKey: string;
let putty: string;
let publicKey: string;

beforeAll(async () => {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  ({ openssh: privateKey, putty = "" } = await encodePrivateKey(key));
  publicKey = key.publicKey().openssh;
});

describe("the search after every end-to-end test finds a private key", () => {
  test.each<[string, (key: string) => string]>([
    ["unchanged", (key) => key],
    ["escaped in JSON", (key) => JSON.stringify({ key })],
    ["with other line breaks", (key) => key.replaceAll("\n", "\r\n    ")],
    ["without its first and last line", (key) => key.split("\n").slice(1, -2).join("\n")],
  ])("%s", (_how, written) => {
    expect(leaksIn("here", `before ${written(privateKey)} after`, [privateKey])).not.toEqual([]);
  });

  test("in a file at any depth below the folder", () => {
    const directory = mkdtempSync(join(tmpdir(), "secret-search-"));
    writeFileSync(join(directory, "state.json"), JSON.stringify({ privateKey }));
    const found = filesHolding(directory, [privateKey]).map(({ where }) => where);
    rmSync(directory, { recursive: true });
    expect(new Set(found)).toEqual(new Set([join(directory, "state.json")]));
  });
});

test("the search finds a private key in PuTTY's format, and ignores the public key", () => {
  expect(leaksIn("here", putty.replaceAll("\r\n", "\n"), [putty])).toEqual([
    { where: "here", as: "it is" },
    { where: "here", as: "JSON" },
  ]);
  expect(leaksIn("here", publicKey, [privateKey, putty])).toEqual([]);
});

test("the search finds a passphrase in base64, and nothing in a text without one", () => {
  const base64 = Buffer.from("correct horse battery").toString("base64");
  expect(leaksIn("here", `x${base64}`, ["correct horse battery"])).toEqual([{ where: "here", as: "base64" }]);
  expect(leaksIn("here", "nothing to see", ["correct horse battery", privateKey])).toEqual([]);
});

test("the search sees the arguments of processes that start while it runs", async () => {
  const commandLines = new ProcessArguments();
  for (const secret of ["the first", "the second"]) {
    // It runs until the search has seen it, or until this test times out.
    const shell = spawn("sh", ["-c", "read -r line; :", secret], { stdio: ["pipe", "ignore", "ignore"] });
    const ended = once(shell, "exit");
    while (!commandLines.text().includes(secret)) await pause(20);
    shell.stdin.end();
    await ended;
  }
  commandLines.stop();
  expect(commandLines.text()).toMatch(/the first(.|\n)*the second/);
});
