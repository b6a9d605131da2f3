import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A secret found in plain text. */
export interface Leak {
  readonly where: string;
  /** Its form: unchanged, in JSON or in base64. */
  readonly as: string;
}

/** Where a text contains secrets: unchanged, escaped as in JSON, or in base64. */
export function leaksIn(where: string, text: string, secrets: readonly string[]): Leak[] {
  return secrets.flatMap((secret) =>
    Object.entries(writings(secret))
      .filter(([, writing]) => writing.length > 0 && text.includes(writing))
      .map(([as]) => ({ where, as })),
  );
}

/** The same for every file below a directory, without installed packages: they contain nothing of the test. */
export function filesHolding(directory: string, secrets: readonly string[]): Leak[] {
  return (whileThere(() => readdirSync(directory, { withFileTypes: true })) ?? []).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesHolding(path, secrets);
    const text = entry.isFile() ? whileThere(() => readFileSync(path, "utf8")) : undefined;
    return text === undefined ? [] : leaksIn(path, text, secrets);
  });
}

/** What a read returns; undefined if a process removed the file after it was listed. */
function whileThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writings(secret: string): Record<string, string> {
  const body = keyBody(secret);
  return {
    "it is": body,
    JSON: JSON.stringify(body).slice(1, -1),
    base64: Buffer.from(body).toString("base64").slice(0, -4),
  };
}

/** One line of a private key: the first and the last line are no secret, and line breaks may change. */
function keyBody(secret: string): string {
  const lines = secret.trim().split(/\r?\n/);
  if (lines.length <= 2) return secret;
  // PuTTY's format has the public key in the middle.
  const putty = lines.findIndex((line) => line.startsWith("Private-Lines:")) + 1;
  return lines[putty || Math.floor(lines.length / 2)] ?? "";
}
