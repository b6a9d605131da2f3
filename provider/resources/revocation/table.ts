import { printable } from "../../errors/printable";
import type { Holder } from "./holders";

/** Why a holder cannot be closed. */
export interface Obstacle {
  /** What happened, as the end of a sentence about the holder, or a sentence. */
  readonly what: string;
  /** What to do; empty if `what` says it. */
  readonly todo: string;
}

/** A holder that is not proven closed. */
export interface Unclosed extends Obstacle {
  readonly holder: Holder;
}

/** The holders as aligned text columns: instance, zone, address, what happened, what to do. */
export function table(unclosed: readonly Unclosed[]): string {
  const rows = unclosed.map(({ holder: { kind, name, zone, publicIp }, what, todo }) => [
    printable(kind === "instance" ? name : `pool ${name}`),
    zone,
    publicIp ?? "-",
    `${what.replace(/\.$/, "")}. ${todo === "" ? "" : `To do: ${todo}.`}`.trim(),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return rows.map(line).join("\n");
}
