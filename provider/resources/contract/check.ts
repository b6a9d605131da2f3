import type { z } from "zod";
import { ExoscaleSshError } from "../../errors";
import { type PreviewedFields, UNKNOWN } from "./description";
import { withName } from "./identity";
import { childPath } from "./property_path";
import { redactionOfInput, textsIn } from "./redaction";
import type { CheckContext, CheckFailure, OldInputs, Resource } from "./resource";

/** Inputs as a front received them: any shape, unknowns already translated to `UNKNOWN`. */
export type RawInputs = Readonly<Record<string, unknown>>;

/** The inputs with defaults and a name filled in, and what is wrong with them. */
export interface CheckResult {
  readonly inputs: RawInputs;
  readonly failures: readonly CheckFailure[];
}

/**
 * Checks the inputs of one resource in three steps: every field by itself, the rules between fields, and what only the
 * account or this machine knows. Each step runs only if the one before it finds no failure.
 */
export async function check<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  news: RawInputs,
  olds: RawInputs | undefined,
  context: CheckContext,
): Promise<CheckResult> {
  if (olds?.["name"] !== undefined) context.run.savedNames.add(`${resource.name} ${olds["name"]}`);
  const isSecret = secretsAmong(resource.inputs, context.secretInputs);
  const checked = await checkInputs(resource, news, olds, { ...context, isSecret });
  const valuesOf = (name: string) => secretValuesOf(name, resource.inputs, [news, olds ?? {}]);
  const failures = checked.failures.map((failure) => withoutValue(failure, isSecret, news, valuesOf));
  return { ...checked, failures };
}

/**
 * Pulumi prints the value of the input that a failure names, also in clear if it is a secret. So a failure about a
 * secret, or about a possible secret in another input, names its input only in the reason.
 */
function withoutValue(
  { property, reason }: CheckFailure,
  isSecret: IsSecret,
  news: RawInputs,
  valuesOf: (name: string) => string[],
): CheckFailure {
  const name = property.split(/[.[]/, 1)[0] ?? "";
  const isPrivate = isSecret(name) || /PRIVATE KEY|PuTTY-User-Key/.test(String(JSON.stringify(news[name])));
  if (property === "" || !isPrivate) return { property, reason };
  return { property: "", reason: `${property}: ${isSecret(name) ? redactionOfInput(valuesOf(name))(reason) : reason}` };
}

/**
 * The values that a reason about a secret must not quote. None for a connection: its reasons quote no key and no
 * passphrase.
 */
function secretValuesOf(name: string, { shape }: z.ZodObject, given: readonly RawInputs[]): string[] {
  const values = given.map((inputs) => inputs[name]);
  const isAlways = shape[name]?.meta()?.secret === true;
  return isAlways && values.some((value) => typeof value === "object") ? [] : textsIn(values);
}

/** Whether the value of an input must not be shown. */
type IsSecret = (name: string) => boolean;

/** An input that the resource does not have counts as secret, because it may contain anything. */
function secretsAmong({ shape }: z.ZodObject, marked: readonly string[] = []): IsSecret {
  return (name) => !(name in shape) || marked.includes(name) || shape[name]?.meta()?.secret === true;
}

async function checkInputs<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  news: RawInputs,
  olds: RawInputs | undefined,
  context: CheckContext & { readonly isSecret: IsSecret },
): Promise<CheckResult> {
  const { inputs, failures } = checkFields(resource, news, context.isSecret);
  const complete = "name" in resource.inputs.shape ? withName(inputs, olds) : inputs;
  failures.push(...checkGeneratedName(resource.inputs, inputs, complete));
  if (failures.length > 0) return { inputs: complete, failures };

  // Each field has just been checked against its description; the old ones were checked when they were new.
  const last = olds as OldInputs<Inputs>;
  const checked = resource.applyDefaults(complete as PreviewedFields<Inputs>, context.account, last);
  const invalid = await resource.validate(checked, last);
  const found = invalid.length > 0 ? invalid : await askAccount(resource, checked, last, context);
  return { inputs: { ...checked }, failures: found };
}

function checkFields(
  resource: Pick<Resource<never, never>, "name" | "inputs">,
  news: RawInputs,
  isSecret: IsSecret,
): { inputs: RawInputs; failures: CheckFailure[] } {
  const fields: Readonly<Record<string, z.ZodType>> = resource.inputs.shape;
  const failures = Object.keys(news)
    .filter((name) => !(name in fields))
    .map((name) => ({
      property: name,
      reason: `${resource.name} has no input "${name}". Remove it or correct its name.`,
    }));
  const inputs: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = field.meta()?.otherForms?.(news[name]) ?? news[name];
    const parsed = field.safeParse(given ?? undefined);
    const value = parsed.success ? parsed.data : given;
    if (value !== undefined) inputs[name] = value;
    if (!parsed.success) failures.push(...failuresOf(name, given, parsed.error.issues, isSecret(name)));
  }
  return { inputs, failures };
}

/** Checks a name that the program did not give: the stack's configuration may propose any. */
function checkGeneratedName({ shape }: z.ZodObject, given: RawInputs, { name }: RawInputs): CheckFailure[] {
  const field: z.ZodType | undefined = shape["name"];
  if (!field || given["name"] !== undefined) return [];
  const parsed = field.safeParse(name);
  return parsed.success ? [] : failuresOf("name", name, parsed.error.issues, false);
}

function failuresOf(
  name: string,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  secret: boolean,
): CheckFailure[] {
  return issues
    .filter((issue) => valueAt(value, issue.path) !== UNKNOWN)
    .map((issue) => ({
      property: issue.path.reduce(childPath, name),
      reason: reasonOf(issue, valueAt(value, issue.path), secret),
    }));
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown, secret: boolean): string {
  // The message names the keys, which say more than the whole value.
  if (issue.code === "unrecognized_keys") return `${issue.message}. Remove it or correct its name`;
  // zod's own message names the type of the value; the value itself says more. A message of the description stays.
  const isPlain = issue.code === "invalid_type" && issue.message.startsWith("Invalid input");
  const expected = isPlain ? `${/^[aio]/.test(issue.expected) ? "an" : "a"} ${issue.expected} is expected` : "";
  if (isPlain && value === undefined) return `It is missing: ${expected}`;
  const message = isPlain ? `A${expected.slice(1)}` : issue.message;
  return secret ? message : `${message}, got ${quote(value)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** A value for a message, cut if it is long; a private key is not shown. */
export function quote(value: unknown): string {
  const text = value === undefined ? "nothing" : String(JSON.stringify(value));
  if (/PRIVATE KEY|PuTTY-User-Key/.test(text)) return "a private key";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

async function askAccount<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  inputs: PreviewedFields<Inputs>,
  olds: OldInputs<Inputs>,
  context: CheckContext,
): Promise<CheckFailure[]> {
  try {
    const refused = olds ? await resource.validateChange(inputs, olds, context) : [];
    return refused.length > 0 ? refused : await resource.checkAgainstAccount(inputs, context, olds);
  } catch (error) {
    // Missing credentials, an unreachable endpoint and a refusal of the API are shown like a wrong input.
    if (error instanceof ExoscaleSshError) return [{ property: "", reason: error.message }];
    throw error;
  }
}
