import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";

/**
 * How a resource is described: one zod object for its inputs and one for its outputs. Checks at preview, the diff,
 * `schema.json` and the typed classes all come from these two objects.
 */

declare module "zod" {
  interface GlobalMeta {
    /** The whole value is encrypted in state and masked in output, whatever the program says. */
    secret?: true;
    /** A change of this input makes a new object. */
    replaces?: true;
    /**
     * For `schema.json` only, where `replaces` does not say all: a change makes a new object `sometimes`, which the diff
     * decides; or `always`, so that the engine may replace without asking anybody (`replaceOnChanges`).
     *
     * The SDKs hand `replaceOnChanges` to the engine, which then replaces at any change that a diff names, past the
     * refusals of `adjustDiff` and its word on which of the two goes first. So it is for those alone that no `sameValue`,
     * `applyDefaults` or `adjustDiff` ever takes for unchanged: `triggers`, which exist to replace, and the zone, which no machine
     * leaves. Not for keys (another comment, the same key in another format, and what goes with an import), templates and
     * groups (another spelling), algorithms (that of an import may be left out), names (made here), the user of a
     * connection (unknown for a moment).
     */
    replacement?: "sometimes" | "always";
    /** What each word of a choice means. */
    values?: Readonly<Record<string, string>>;
    /**
     * What a change of this input does, in words that follow "A change". Default: "is made in place"; for an input that
     * replaces, "replaces the resource".
     */
    change?: string;
    /** Programs may give a resource of this name instead; the classes take from it what is needed. */
    resource?: "SshKeyPair" | "SecurityGroup";
    /**
     * Of an input: what it means can be said in several ways. Where a front keeps the last inputs apart from the state,
     * they have it as the program says it now, and the state as it was said when something was last done.
     */
    equivalentForms?: true;
    /** Of an output: the inputs whose change may alter it. Absent: any update may. */
    changesWith?: readonly string[];
    /** Passed between the front and the core only: in no schema and in no documentation. */
    hidden?: true;
  }
}

/** Stands for a value that is not known before `pulumi up` has run. Each front translates its own marker to this. */
export const UNKNOWN: unique symbol = Symbol.for("exoscale-ssh.unknown");
export type Unknown = typeof UNKNOWN;

/** Inputs as they are during a preview: every value, at any depth, may still be unknown. */
export type Previewed<T> =
  | Unknown
  | (T extends readonly (infer Item)[]
      ? readonly Previewed<Item>[]
      : T extends object
        ? { readonly [K in keyof T]: Previewed<T[K]> }
        : T);

/** The fields of an object whose values may be unknown, while the object itself is known. */
export type PreviewedFields<T> = { readonly [K in keyof T]: Previewed<T[K]> };

/** Whether a value is, or holds at any depth, something that is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** What is left of a previewed type once nothing in it is unknown. */
export type Known<P> = P extends Unknown
  ? never
  : P extends readonly (infer Item)[]
    ? readonly Known<Item>[]
    : P extends object
      ? { readonly [K in keyof P]: Known<P[K]> }
      : P;

/** The value when all of it is known, otherwise `undefined`. */
export function known<P>(value: P): Known<P> | undefined {
  // The one place where "nothing unknown at any depth" is turned into the type that says so.
  return hasUnknown(value) ? undefined : (value as Known<P>);
}

/** Whether the program gave the input at all, be its value known yet or not. */
export function isGiven(value: unknown): boolean {
  return value !== undefined;
}

/** Deep equality in which an absent value, an empty list and an empty map are the same thing. */
export function equalValues(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(emptyAsAbsent(left), emptyAsAbsent(right));
}

function emptyAsAbsent(value: unknown): unknown {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0 ? undefined : value;
}

/** The names of the top-level fields that carry a mark such as `secret` or `replaces`. */
export function fieldsMarked(
  description: z.ZodObject,
  mark: "secret" | "replaces" | "hidden" | "equivalentForms",
): string[] {
  return Object.entries(description.shape)
    .filter(([, field]) => (field as z.ZodType).meta()?.[mark] === true)
    .map(([name]) => name);
}
