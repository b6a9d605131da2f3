// What is kept of a run: the state of the stack and its settings, the files of the account, and those of the program.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WRITTEN } from "./program.mjs";
import { sealerFor } from "./seal.mjs";

/** Stands in the recorded state for the port of the machines' SSH servers, which is another one in each run. */
const SSH_PORT = "{sshPort}";

/**
 * @typedef {object} Run
 * @property {string} folder of the recording
 * @property {string} program
 * @property {string} stack what `pulumi stack export` printed
 * @property {import("./account.mjs").RecordedAccount} account
 * @property {string[]} secrets what the program was configured with
 *
 * @typedef {object} Kept a file, or a directory, whose path then ends in a slash
 * @property {string} mode such as "600"
 * @property {string} [text] of a file
 * @property {string} [sealed] of a file instead of the text, where it has a private key or another secret
 */

/** @param {Run} run */
export function keep({ folder, program, stack, account, secrets }) {
  const settings = readFileSync(join(program, "Pulumi.test.yaml"), "utf8");
  const seal = sealerFor(/^encryptionsalt: (.*)$/m.exec(settings)?.[1] ?? "");
  const hidden = [...secrets, ...secrets.map((secret) => Buffer.from(secret).toString("base64")), "PRIVATE KEY"];
  /** @param {string} text */
  const content = (text) => (hidden.some((each) => text.includes(each)) ? { sealed: seal(text) } : { text });
  /** @param {string} name @param {unknown} content */
  const write = (name, content) => writeFileSync(join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
  writeFileSync(join(folder, "Pulumi.test.yaml"), settings);
  write("stack.json", JSON.parse(withoutPort(stack, account.environment["EXOSCALE_SSH_PORT"] ?? "")));
  write("account.json", filesBelow(account.directory, content));
  write("program_files.json", filesBelow(program, content, [...WRITTEN, "Pulumi.test.yaml", "node_modules"]));
}

/** @param {string} stack @param {string} port @returns {string} in `ssh -p`, `[address]:` and `Port` it is left open */
function withoutPort(stack, port) {
  return stack.replace(new RegExp(`(ssh -p |\\]:|Port )${port}\\b`, "g"), `$1${SSH_PORT}`);
}

/**
 * @param {string} directory
 * @param {(text: string) => Partial<Kept>} content
 * @param {string[]} [besides] what lies there and is not kept
 * @returns {Record<string, Kept>} by path, a directory before what is in it
 */
function filesBelow(directory, content, besides = []) {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !besides.includes(name));
  const kept = entries.map((entry) => {
    const path = join(directory, entry.name);
    const mode = (statSync(path).mode & 0o777).toString(8);
    if (!entry.isDirectory()) return { [entry.name]: { mode, ...content(readFileSync(path, "utf8")) } };
    const below = Object.entries(filesBelow(path, content)).map(([name, each]) => [`${entry.name}/${name}`, each]);
    return { [`${entry.name}/`]: { mode }, ...Object.fromEntries(below) };
  });
  return Object.assign({}, ...kept);
}
