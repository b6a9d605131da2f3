// Who gets in where: the answer of each machine to each person's key.
import { green, print, red } from "../process/say.mjs";

/**
 * @typedef {(privateKey: string, command: string) => Promise<import("./login.mjs").Result>} LogIn
 *
 * @typedef {object} Person
 * @property {string} name
 * @property {string} privateKey
 * @property {boolean} belongs whether the person should get in
 */

/** The messages of OpenSSH and of the npm package ssh2. */
export const REFUSED = /Permission denied \([^)]*\)|All configured authentication methods failed/;

/**
 * Asks every machine for every person, and prints the answers as a table. What should not be so is red.
 *
 * @param {Readonly<Record<string, LogIn>>} machines a login by the machine's name
 * @param {readonly Person[]} people
 * @returns {Promise<boolean>} whether every answer is as it should be
 */
export async function printAccess(machines, people) {
  const names = Object.keys(machines);
  const widths = names.map((name) => Math.max(name.length, "gets in".length) + 3);
  print();
  print(
    `   ${" ".repeat(10)}${names
      .map((name, index) => name.padEnd(widths[index] ?? 0))
      .join("")
      .trimEnd()}`,
  );
  let allRight = true;
  for (const { name, privateKey, belongs } of people) {
    let line = `   ${name.padEnd(10)}`;
    for (const [index, logIn] of Object.values(machines).entries()) {
      const isIn = await getsIn(logIn, privateKey);
      allRight = allRight && isIn === belongs;
      const paint = isIn === belongs ? green : red;
      line += paint((isIn ? "gets in" : "refused").padEnd(index === names.length - 1 ? 0 : (widths[index] ?? 0)));
    }
    print(line);
  }
  print();
  return allRight;
}

/** @param {LogIn} logIn @param {string} privateKey @throws {Error} if the machine neither accepts nor refuses the key */
async function getsIn(logIn, privateKey) {
  const { code, output } = await logIn(privateKey, "true");
  if (code === 0) return true;
  if (REFUSED.test(output)) return false;
  throw new Error(`The demo failed: a login ended with ${code}:\n${output}`);
}
