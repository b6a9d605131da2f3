import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";

/**
 * The identity of a resource. A resource receives only its inputs, so the front passes the identity as a hidden input.
 * It is part of the state format. The URN contains the types of the parents; without them, children of two components
 * could have the same name.
 */
export const identityField = z
  .object({
    organization: z.string(),
    urn: z.string(),
    name: z.string(),
    proposedName: z.string().optional(),
    freshName: z.string().optional(),
    freshOwner: z.string().optional(),
  })
  .optional()
  .meta({ description: "Organization, URN and logical name of the resource.", hidden: true });

/**
 * Whether the provider generated the name, so that a replacement gets a new one, or the program gave it. State format.
 */
export const autoNamedField = z
  .boolean()
  .optional()
  .meta({ description: "Whether the name was generated.", hidden: true });

/** The value by which an object in the account and its state know each other. State format. */
export const ownerField = z
  .string()
  .optional()
  .meta({ description: "Value of the label that names the owner of the object.", hidden: true });

/** The organization of backends that have none, and of the plugin, which does not receive it. State format. */
export const NO_ORGANIZATION = "organization";

/**
 * Organization, URN and logical name of a resource. Some fronts add two names for the object: the one that the stack's
 * rules propose, which may be the same each time, and a generated one, which is new each time. `freshOwner` is a value
 * for `ownerField`, new each time as well.
 */
export type Identity = NonNullable<z.infer<typeof identityField>>;

/** Inputs of a resource whose name can be generated. */
export interface Named {
  readonly name?: unknown;
  readonly autoNamed?: unknown;
  readonly identity?: unknown;
}

const MAX_NAME_LENGTH = 255;

/**
 * The logical name, a dash and seven random hexadecimal digits, with every character that Exoscale's name pattern
 * (`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$`) refuses replaced by a dash.
 *
 * @param random at least four random bytes
 */
export function autoName(logicalName: string, random: Uint8Array = randomBytes(4)): string {
  const suffix = `-${Buffer.from(random).toString("hex").slice(0, 7)}`;
  const fitted = logicalName.replace(/[^a-zA-Z0-9._-]/g, "-").replace(/^[^a-zA-Z0-9]+/, "");
  return (fitted || "x").slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
}

/** Whether a name is one that `autoName` makes of the logical name. */
export function isGenerated(name: unknown, logicalName: string): boolean {
  if (typeof name !== "string" || !/[0-9a-f]{7}$/.test(name)) return false;
  return name.slice(0, -7) === autoName(logicalName).slice(0, -7);
}

/** Adds a name to the inputs if the program gave none: the present one of the object, or a new one. */
export function withName<T extends Named>(news: T, olds: Named | undefined): T {
  if (news.name !== undefined) return { ...news, autoNamed: false };
  const { name = "exoscale-ssh", proposedName, freshName = autoName(name) } = identityOf(news);
  const isSameEachTime = proposedName !== undefined && (proposedName === name || proposedName === olds?.name);
  // A replacement would get the same name, as if the program had given it.
  if (isSameEachTime) return { ...news, name: proposedName, autoNamed: false };
  // The option ignoreChanges gives the old name as if the program did. Once it is taken away, the object keeps the name.
  const last = olds?.autoNamed === true || isGenerated(olds?.name, name) ? olds?.name : undefined;
  return { ...news, name: last ?? proposedName ?? freshName, autoNamed: true };
}

/** The owner of an object that is being made: 16 hexadecimal digits. */
export function newOwner(inputs: Pick<Named, "identity">): string {
  return identityOf(inputs).freshOwner ?? randomBytes(8).toString("hex");
}

function identityOf({ identity }: Pick<Named, "identity">): Partial<Identity> {
  // Each field has been checked against its description.
  return typeof identity === "object" && identity !== null ? identity : {};
}

/** A short stable digest of an identity, fit for a label value: 16 hexadecimal digits. */
export function identityDigest(identity: Identity | undefined): string | undefined {
  if (!identity) return undefined;
  // A stack may move from one front to the other, so the types of the plugin count as those of the dynamic classes.
  const urn = identity.urn.replaceAll(/\bexoscale-ssh:index:/g, "pulumi-nodejs:dynamic/exoscale-ssh:");
  const text = JSON.stringify([identity.organization, urn]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
