import * as z from "zod";
import type { Account } from "../../account";
import { InvalidArgumentError } from "../../errors";

/** A function of the package, as both fronts see it. It reads from the account and changes nothing. */
export interface AccountFunction<Inputs extends z.ZodObject, Result extends z.ZodType> {
  /** Name within the package: `getTemplate`. */
  readonly name: string;
  /** What it returns, in one paragraph, for the documentation. */
  readonly description: string;
  readonly inputs: Inputs;
  readonly outputs: Result;
  answer(inputs: z.output<Inputs>, account: Account): Promise<z.output<Result>>;
}

/** Checks the arguments and calls the function. @throws InvalidArgumentError */
export async function callFunction<Inputs extends z.ZodObject, Result extends z.ZodType>(
  question: AccountFunction<Inputs, Result>,
  inputs: unknown,
  account: Account,
): Promise<z.output<Result>> {
  const parsed = question.inputs.strict().safeParse(inputs);
  if (!parsed.success) throw new InvalidArgumentError(`${question.name}: ${z.prettifyError(parsed.error)}`);
  // `strict()` refuses unknown arguments and leaves the type of the others as it is.
  return await question.answer(parsed.data as z.output<Inputs>, account);
}

/** The given zone, or the provider's. @throws InvalidArgumentError if there is neither */
export async function findZone(account: Account, functionName: string, zone: string | undefined) {
  const name = zone ?? account.defaultZone;
  if (name !== undefined) return await account.zone(name);
  throw new InvalidArgumentError(
    `${functionName}: no zone is given. Set zone, or a default for the stack: pulumi config set exoscale-ssh:zone ch-gva-2.`,
  );
}

export const zoneArgument = z.string().min(1).optional().meta({
  description: "Zone, such as `ch-gva-2`. Default: the provider's `zone`.",
});
