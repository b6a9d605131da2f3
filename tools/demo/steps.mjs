// The steps of the demo. It checks every statement that it prints, and stops at one that is false.
import { bold, dim, green, print, red } from "../process/say.mjs";
import { printAccess, REFUSED } from "./access.mjs";
import { openAccount } from "./account.mjs";
import { createStack } from "./engine.mjs";
import { say } from "./lines.mjs";
import { makeLogin } from "./login.mjs";
import { readOutput, readOutputs } from "./outputs.mjs";

/** @param {import("./sandbox.mjs").Sandbox} sandbox @param {Record<string, string>} environment the variables with the account's endpoint and credentials */
export async function runSteps(sandbox, environment) {
  const stack = createStack(sandbox, environment);
  const account = openAccount(environment);
  await stack.init();

  printHeading(2, "Deploy: a key each for Alice and Bob, and one machine that gets both.");
  await stack.up();
  const deployed = readOutputs(await stack.outputs());
  const before = await account.keyNames();
  check(before.length === 2, `the account should have two SSH keys, but has: ${before.join(", ") || "none"}`);
  print(`   The account's SSH keys: ${before.join(", ")}`);

  printHeading(3, "Log in with the private keys, which are only in the encrypted state.");
  print(dim(`   $ ${deployed.login}`));
  const logIn = makeLogin(sandbox, deployed);
  await expectLogin(logIn, "Alice's key", "Alice", deployed.alicePrivateKey);
  await expectLogin(logIn, "Bob's key", "Bob", deployed.bobPrivateKey);

  printHeading(4, "Bob leaves: the program no longer declares his key.");
  await stack.set("bob", "false");
  const output = await stack.up();
  const after = await account.keyNames();
  const gone = before.filter((name) => !after.includes(name));
  check(
    gone.length === 1 && after.length === 1,
    `one key of two should be gone, but the account has: ${after.join(", ")}`,
  );
  check(/^bob/.test(gone[0] ?? ""), `the deleted key should be Bob's, but it is ${gone[0]}`);
  print(`   The account's SSH keys: ${after.join(", ")}   (${gone[0]} is deleted)`);

  printHeading(5, "Is Bob locked out?");
  const bob = { name: "Bob", privateKey: deployed.bobPrivateKey, belongs: false };
  const alice = { name: "Alice", privateKey: deployed.alicePrivateKey, belongs: true };
  const isClosed = await printAccess({ [deployed.instance]: logIn }, [alice, bob]);
  check(!isClosed, "Bob should still get in");
  say("   No. Deleting a key from an account does not take it off the machines.", red);
  check(
    hasWarning(output, gone[0] ?? "", deployed.instance),
    `there was no warning that the key still opens ${deployed.instance}:\n${output}`,
  );
  say(`   The provider said so, and named the machine: ${deployed.instance}.`);

  printHeading(6, "Rotate Alice's key, and take off the machine what the program dropped.");
  await stack.set("issued", "2");
  await stack.set("revoke", "true");
  await stack.up();
  const outputs = await stack.outputs();
  const machine = readOutput(outputs, "instance");
  check(machine === deployed.instance, `the machine should still be ${deployed.instance}, but is ${machine}`);
  await expectLogin(logIn, "Alice's new key", "Alice", readOutput(outputs, "alicePrivateKey"));
  await expectRefusal(logIn, "Alice's old key", deployed.alicePrivateKey);
  print("   The machine never stopped: it shows the same host key as before.");

  printHeading(7, "Is Bob locked out now?");
  const rotated = { ...alice, privateKey: readOutput(outputs, "alicePrivateKey") };
  const isRight = await printAccess({ [deployed.instance]: logIn }, [rotated, bob]);
  check(isRight, "Bob should be refused, and Alice get in with her new key");
  say("   Yes. The provider took his key off the machine, and proved the refusal.", green);

  printHeading(8, "Destroy everything.");
  await stack.destroy();
  const left = await account.keyNames();
  check(left.length === 0, `the account should have no SSH key, but has: ${left.join(", ")}`);
  print("   The account has no SSH key any more.");
}

/** @typedef {import("./access.mjs").LogIn} LogIn */

/** @param {LogIn} logIn @param {string} key such as "Alice's key" @param {string} who @param {string} privateKey */
async function expectLogin(logIn, key, who, privateKey) {
  const { code, output } = await logIn(privateKey, `echo "${who} is in" && hostname`);
  const [greeting = "", hostname = ""] = output.trim().split("\n").slice(-2);
  check(code === 0 && greeting === `${who} is in`, `${key} should work, but ended with ${code}:\n${output}`);
  say(`   ${key}: "${greeting}", says the machine "${hostname}".`);
}

/** @param {LogIn} logIn @param {string} key such as "Alice's key" @param {string} privateKey */
async function expectRefusal(logIn, key, privateKey) {
  const { code, output } = await logIn(privateKey, "hostname");
  const refusal = REFUSED.exec(output)?.[0];
  check(code !== 0 && refusal !== undefined, `${key} should be refused, but ended with ${code}:\n${output}`);
  print(`   ${key}: "${refusal}".`);
}

/** @param {number} number @param {string} title */
export function printHeading(number, title) {
  print();
  say(`${number}. ${title}`, bold);
}

/** @param {string} output @param {string} key @param {string} instance @returns {boolean} whether one line names both */
function hasWarning(output, key, instance) {
  return output.split("\n").some((line) => line.includes(key) && line.includes(instance));
}

/** @param {boolean} holds @param {string} problem */
function check(holds, problem) {
  if (!holds) throw new Error(`The demo failed: ${problem}`);
}
