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
 * Checks the inputs of one resource, in three steps that each need the one before: every field by itself, the rules
 * between fields, and what only the account or this machine knows.
 */
export async function check<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  news: RawInputs,
  olds: RawInputs | undefined,
  asked: CheckContext,
): Promise<CheckResult> {
  const isSecret = secretsAmong(resource.inputs, asked.secretInputs);
  const checked = await checkInputs(resource, news, olds, { ...asked, isSecret });
  const valuesOf = (name: string) => secretValuesOf(name, resource.inputs, [news, olds ?? {}]);
  const shown = (failure: CheckFailure) => withoutValue(failure, isSecret, news, valuesOf);
  return { ...checked, failures: checked.failures.map(shown) };
}

/**
 * Pulumi prints the value of the input that a failure names, and prints secrets in clear. So a failure about a secret,
 * or about what may be one in the wrong place, names its input in the reason only.
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

/** What a reason about a secret may not quote. Of an object that always is one, a connection, it names no key and no passphrase. */
function secretValuesOf(name: string, { shape }: z.ZodObject, given: readonly RawInputs[]): string[] {
  const values = given.map((inputs) => inputs[name]);
  const isAlways = shape[name]?.meta()?.secret === true;
  return isAlways && values.some((value) => typeof value === "object") ? [] : textsIn(values);
}

/** Whether the value of an input is not to be shown. */
type IsSecret = (name: string) => boolean;

/** What is no input at all may be anything. */
function secretsAmong({ shape }: z.ZodObject, marked: readonly string[] = []): IsSecret {
  return (name) => !(name in shape) || marked.includes(name) || shape[name]?.meta()?.secret === true;
}

async function checkInputs<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  news: RawInputs,
  olds: RawInputs | undefined,
  asked: CheckContext & { readonly isSecret: IsSecret },
): Promise<CheckResult> {
  const { inputs, failures } = checkFields(resource, news, asked.isSecret);
  const complete = "name" in resource.inputs.shape ? withName(inputs, olds) : inputs;
  failures.push(...unfitName(resource.inputs, inputs, complete));
  if (failures.length > 0) return { inputs: complete, failures };

  // Each field has just been held against its description; the old ones were when they were new.
  const last = olds as OldInputs<Inputs>;
  const checked = resource.applyDefaults(complete as PreviewedFields<Inputs>, asked.account, last);
  const broken = resource.validate(checked, last);
  const answers = broken.length > 0 ? broken : await askAccount(resource, checked, last, asked);
  return { inputs: { ...checked }, failures: answers };
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
    const parsed = field.safeParse(news[name] ?? undefined);
    const value = parsed.success ? parsed.data : news[name];
    if (value !== undefined) inputs[name] = value;
    if (!parsed.success) failures.push(...failuresOf(name, news[name], parsed.error.issues, isSecret(name)));
  }
  return { inputs, failures };
}

/** What is wrong with a name that the program did not give: the stack's configuration may propose any. */
function unfitName({ shape }: z.ZodObject, given: RawInputs, { name }: RawInputs): CheckFailure[] {
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
  // zod's own words tell the kind of what came, which its value tells better; a description's own words stay.
  const isPlain = issue.code === "invalid_type" && issue.message.startsWith("Invalid input");
  const expected = isPlain ? `${/^[aio]/.test(issue.expected) ? "an" : "a"} ${issue.expected} is expected` : "";
  if (isPlain && value === undefined) return `It is missing: ${expected}`;
  const message = isPlain ? `A${expected.slice(1)}` : issue.message;
  return secret ? message : `${message}, got ${shown(value)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : String(JSON.stringify(value));
  if (/PRIVATE KEY|PuTTY-User-Key/.test(text)) return "a private key";
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

async function askAccount<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
  inputs: PreviewedFields<Inputs>,
  olds: OldInputs<Inputs>,
  asked: CheckContext,
): Promise<CheckFailure[]> {
  try {
    const refused = olds ? await resource.validateChange(inputs, olds, asked.account) : [];
    return refused.length > 0 ? refused : await resource.checkAgainstAccount(inputs, asked, olds);
  } catch (error) {
    // Missing credentials, an endpoint that does not answer, a refusal of the API: as visible as a wrong input.
    if (error instanceof ExoscaleSshError) return [{ property: "", reason: error.message }];
    throw error;
  }
}
