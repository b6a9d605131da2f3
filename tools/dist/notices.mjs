// The licences of the bundled packages: most demand that every copy contains their text.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/paths.mjs";

const RULE = "-".repeat(100);

/** The folder of the package that a file belongs to. */
const PACKAGE = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * @param {string[]} files the bundled files, relative to the checkout
 * @returns {string} a section for each package, sorted by name
 * @throws {Error} if the licence of a package is not found
 */
export function notices(files) {
  const folders = new Set(files.map((file) => PACKAGE.exec(file)?.[1]).filter((folder) => folder !== undefined));
  const sections = [...folders].map(section).sort((a, b) => (a < b ? -1 : 1));
  const head = "pulumi-exoscale-ssh is licensed under the Apache License 2.0. This program also contains:\n";
  return [head, ...sections].join(`${RULE}\n`);
}

/** @param {string} folder */
function section(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const kind = license ?? licenses?.map((/** @type {{ type: string }} */ { type }) => type).join(", ");
  return `${name} ${version}, licence ${kind}\n\n${licenceText(folder, name)}\n`;
}

/** @param {string} folder @param {string} name */
function licenceText(folder, name) {
  const files = readdirSync(join(root, folder)).sort();
  const texts = files.filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).map((file) => read(folder, file));
  // Some packages have it only in their README.
  const readMe = files.filter((file) => /^readme/i.test(file)).map((file) => read(folder, file));
  const found = texts.length > 0 ? texts : readMe.flatMap((text) => /^#+ *Licen[cs]e$[^#]*/im.exec(text) ?? []);
  if (found.length === 0) throw new Error(`${name} is bundled, but none of its files has a licence.`);
  return found.join("\n\n").trim();
}

/** @param {string} folder @param {string} file */
function read(folder, file) {
  return readFileSync(join(root, folder, file), "utf8")
    .replaceAll("\r\n", "\n")
    .trim();
}
