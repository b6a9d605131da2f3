// Formats numbers.

/** @param {number[]} numbers not empty @returns {{ min: number, median: number, max: number }} */
export function summary(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { min: at(0), median: at(0.5), max: at(1) };
}

/** @param {number[]} numbers @returns {string} such as "82 / 85 / 97": minimum, median, maximum */
export function spread(numbers) {
  const { min, median, max } = summary(numbers);
  return [min, median, max].map((number) => number.toFixed(0)).join(" / ");
}

/** @param {string[][]} rows the first row is the header; the first column is aligned left, the others right */
export function printTable(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows) {
    const cells = widths.map((width, column) => pad(row[column] ?? "", width, column));
    process.stdout.write(`  ${cells.join("   ").trimEnd()}\n`);
  }
  process.stdout.write("\n");
}

/** @param {string} text @param {number} width @param {number} column */
function pad(text, width, column) {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}
