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
    /** A change of this input replaces the object. */
    replaces?: true;
    /**
     * For `schema.json` only, if `replaces` does not say everything. `sometimes`: the diff decides whether a change
     * replaces the object. `always`: the engine may replace without asking the provider (`replaceOnChanges`).
     *
     * The SDKs pass `replaceOnChanges` to the engine, which then replaces at any change that a diff names, without the
     * refusals of `adjustDiff` and its decision on which object is deleted first. So it fits only inputs that no
     * `sameValue`, `applyDefaults` or `adjustDiff` ever takes for unchanged: `triggers`, which exist to replace, and
     * the zone, which a machine cannot leave. It does not fit keys (another comment, the same key in another format,
     * and what belongs to an import), templates and groups (another spelling), algorithms (optional for an import),
     * names (generated here), the user of a connection (unknown at some previews).
     */
    replacement?: "sometimes" | "always";
    /** The meaning of each value of a choice. */
    values?: Readonly<Record<string, string>>;
    /**
     * What a change of this input does, in words that follow "A change". Default: "is made in place"; for an input that
     * replaces, "replaces the resource".
     */
    change?: string;
    /** Programs may pass a resource of this type instead; the classes take the needed output from it. */
    resource?: "SshKeyPair" | "SecurityGroup";
    /**
     * Of an input: one meaning has several forms. If a front keeps the last inputs beside the state, the inputs have
     * the form that the program has now, and the state has the form of the last change.
     */
    equivalentForms?: true;
    /**
     * Of an input: turns other forms that a program may give into the described one, before the check. What it does not
     * know, and what is not known yet, stays as it is.
     */
    otherForms?: (given: unknown) => unknown;
    /** Of an output: the inputs that may change it. Absent: any update may. */
    changesWith?: readonly string[];
    /** Only passed between the front and the core: not in the schema and not in the documentation. */
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
  // The only place that turns "nothing unknown at any depth" into its type.
  return hasUnknown(value) ? undefined : (value as Known<P>);
}

/** Whether the program gave the input, even if its value is not known yet. */
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
