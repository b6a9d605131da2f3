/** Families between which Exoscale's product page allows a change of type. Its API document allows none. */
export const kindredFamilies: readonly string[] = ["standard", "cpu", "memory"];

/** The family of a type: `standard` of `standard.tiny`. */
export function familyOf(type: string): string {
  return type.toLowerCase().split(".")[0] ?? "";
}

/** Whether an instance may change from one type to the other, as far as is known without asking. */
export function mayScale(from: string, to: string): boolean {
  const families = [familyOf(from), familyOf(to)];
  return families[0] === families[1] || families.every((family) => kindredFamilies.includes(family));
}
