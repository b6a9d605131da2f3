// Writes a recording: the state of the stack, its settings, the files of the account, and those of the program.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writtenFiles } from "./program.mjs";
import { createSealer } from "./seal.mjs";

/** Replaces the port of the machines' SSH servers in the recorded state, because each run has another one. */
const SSH_PORT = "{sshPort}";

/**
 * @typedef {object} Run
 * @property {string} folder of the recording
 * @property {string} program
 * @property {string} stack what `pulumi stack export` printed
 * @property {import("./account.mjs").RecordedAccount} account
 * @property {string[]} secrets the secret values of its configuration
 *
 * @typedef {object} Entry a file, or a directory, whose path ends with a slash
 * @property {string} mode such as "600"
 * @property {string} [text] of a file
 * @property {string} [sealed] the encrypted text of a file with a private key or another secret
 */

/** @param {Run} run */
export function saveRecording({ folder, program, stack, account, secrets }) {
  const settings = readFileSync(join(program, "Pulumi.test.yaml"), "utf8");
  const seal = createSealer(/^encryptionsalt: (.*)$/m.exec(settings)?.[1] ?? "");
  const hidden = [...secrets, ...secrets.map((secret) => Buffer.from(secret).toString("base64")), "PRIVATE KEY"];
  /** @param {string} text */
  const content = (text) => (hidden.some((each) => text.includes(each)) ? { sealed: seal(text) } : { text });
  /** @param {string} name @param {unknown} content */
  const write = (name, content) => writeFileSync(join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`);
  writeFileSync(join(folder, "Pulumi.test.yaml"), settings);
  write("stack.json", JSON.parse(withoutPort(stack, account.environment["EXOSCALE_SSH_PORT"] ?? "")));
  write("account.json", filesBelow(account.directory, content));
  write("program_files.json", filesBelow(program, content, [...writtenFiles, "Pulumi.test.yaml", "node_modules"]));
}

/** @param {string} stack @param {string} port @returns {string} without the port in `ssh -p`, `[address]:` and `Port` */
function withoutPort(stack, port) {
  return stack.replace(new RegExp(`(ssh -p |\\]:|Port )${port}\\b`, "g"), `$1${SSH_PORT}`);
}

/**
 * @param {string} directory
 * @param {(text: string) => Partial<Entry>} content
 * @param {string[]} [excluded] names to leave out
 * @returns {Record<string, Entry>} by path; a directory is before its files
 */
function filesBelow(directory, content, excluded = []) {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(({ name }) => !excluded.includes(name));
  const found = entries.map((entry) => {
    const path = join(directory, entry.name);
    const mode = (statSync(path).mode & 0o777).toString(8);
    if (!entry.isDirectory()) return { [entry.name]: { mode, ...content(readFileSync(path, "utf8")) } };
    const below = Object.entries(filesBelow(path, content)).map(([name, each]) => [`${entry.name}/${name}`, each]);
    return { [`${entry.name}/`]: { mode }, ...Object.fromEntries(below) };
  });
  return Object.assign({}, ...found);
}
