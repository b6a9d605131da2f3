/** Joins the parts that are defined, each as a sentence with exactly one full stop. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map((part) => `${part.trim().replace(/[.\s]+$/, "")}.`)
    .join(" ");
}
