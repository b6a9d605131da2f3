// `node tools/complete_lock.mjs`: adds the packages of other systems to package-lock.json. With a registry mirror that
// lacks them, `npm install` drops them without a warning, and `npm ci` then rejects the lock file.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup/paths.mjs";

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];

for (const [parent, { optionalDependencies = {}, dev = false }] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    // Only exact versions of packages that name their system. npm resolves the others.
    if (lock.packages[path] || lock.packages[`${parent}/${path}`] || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    lock.packages[path] = { version, ...systemOf(name), ...(dev ? { dev } : {}), optional: true };
    added.push(name);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} added${added.length > 0 ? `: ${added.join(", ")}` : ""}\n`);

/** @param {string} name such as "@swc/core-linux-x64-musl" @returns {{ cpu: string[], os: string[], libc?: string[] }} */
function systemOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const os = words.filter((word) =>
    /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|wasi|win32)$/.test(word),
  );
  const cpu = words.filter((word) => /^(arm|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)$/.test(word));
  const libc = words
    .filter((word) => /^(gnu|musl)/.test(word))
    .map((word) => (word.startsWith("musl") ? "musl" : "glibc"));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`${name} does not name exactly one system and one processor.`);
  return { cpu, os, ...(os[0] === "linux" && libc.length > 0 ? { libc } : {}) };
}
