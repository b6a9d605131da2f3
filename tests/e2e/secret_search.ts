import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A secret that was found in plain text. */
export interface Leak {
  readonly where: string;
  /** How it was written: as it is, in JSON or in base64. */
  readonly as: string;
}

/** Where secrets stand in a text: as they are, escaped as in JSON, or in base64. */
export function leaksIn(where: string, text: string, secrets: readonly string[]): Leak[] {
  return secrets.flatMap((secret) =>
    Object.entries(writings(secret))
      .filter(([, writing]) => writing.length > 0 && text.includes(writing))
      .map(([as]) => ({ where, as })),
  );
}

/** The same for every file below a directory, packages aside: what is installed was there before. */
export function filesHolding(directory: string, secrets: readonly string[]): Leak[] {
  return (whileThere(() => readdirSync(directory, { withFileTypes: true })) ?? []).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesHolding(path, secrets);
    const text = entry.isFile() ? whileThere(() => readFileSync(path, "utf8")) : undefined;
    return text === undefined ? [] : leaksIn(path, text, secrets);
  });
}

/** What is found; undefined where a process that ends has removed it since it was listed. */
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

/** Of a private key one line: the first and last ones are no secret, and every line break may be written anew. */
function keyBody(secret: string): string {
  const lines = secret.trim().split(/\r?\n/);
  if (lines.length <= 2) return secret;
  // PuTTY's format has the public key in its middle.
  const putty = lines.findIndex((line) => line.startsWith("Private-Lines:")) + 1;
  return lines[putty || Math.floor(lines.length / 2)] ?? "";
}
