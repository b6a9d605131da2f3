import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";

/**
 * Who a resource is. A resource is only told its inputs, so the front passes this along as a hidden input. It is part
 * of the state format. The URN has the types of the parents in it: the logical name alone is shared by the children of
 * two components.
 */
export const identityField = z
  .object({
    organization: z.string(),
    urn: z.string(),
    name: z.string(),
    proposedName: z.string().optional(),
    freshName: z.string().optional(),
  })
  .optional()
  .meta({ description: "Organization, URN and logical name of the resource.", hidden: true });

/** Whether the name was made by us (a replacement then gets a fresh one) or given by the program. State format. */
export const autoNamedField = z
  .boolean()
  .optional()
  .meta({ description: "Whether the name was generated.", hidden: true });

/** What backends without organizations call theirs; and the plugin, which is not told of one. State format. */
export const NO_ORGANIZATION = "organization";

/**
 * Organization, URN and logical name of a resource. From a front that has them also the name that the stack's rules propose
 * for the object, which need not be another one each time, and one of ours that is.
 */
export type Identity = NonNullable<z.infer<typeof identityField>>;

/** Inputs of a resource that can name itself. */
export interface Named {
  readonly name?: unknown;
  readonly autoNamed?: unknown;
  readonly identity?: unknown;
}

const longestName = 255;

/**
 * The logical name, a dash and seven random hexadecimal digits, with every character that Exoscale's name pattern
 * (`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$`) refuses replaced by a dash.
 *
 * @param random at least four random bytes
 */
export function autoName(logicalName: string, random: Uint8Array = randomBytes(4)): string {
  const suffix = `-${Buffer.from(random).toString("hex").slice(0, 7)}`;
  const fitted = logicalName.replace(/[^a-zA-Z0-9._-]/g, "-").replace(/^[^a-zA-Z0-9]+/, "");
  return (fitted || "x").slice(0, longestName - suffix.length) + suffix;
}

/** Gives the inputs a name where the program gave none: the one it has already, or a new one. */
export function withName<T extends Named>(news: T, olds: Named | undefined): T {
  if (news.name !== undefined) return { ...news, autoNamed: false };
  const { name = "exoscale-ssh", proposedName, freshName = autoName(name) } = identityOf(news);
  const isSameEachTime = proposedName !== undefined && (proposedName === name || proposedName === olds?.name);
  // A replacement would have it, too, as if the program had given it.
  if (isSameEachTime) return { ...news, name: proposedName, autoNamed: false };
  const last = olds?.autoNamed === true ? olds.name : undefined;
  return { ...news, name: last ?? proposedName ?? freshName, autoNamed: true };
}

function identityOf({ identity }: Named): Partial<Identity> {
  // Each field has been held against its description.
  return typeof identity === "object" && identity !== null ? identity : {};
}

/** A short stable digest of an identity, fit for a label value: 16 hexadecimal digits. */
export function identityDigest(identity: Identity | undefined): string | undefined {
  if (!identity) return undefined;
  // Either front takes up what was begun through the other: the types of the plugin count as those of the dynamic classes.
  const urn = identity.urn.replaceAll(/\bexoscale-ssh:index:/g, "pulumi-nodejs:dynamic/exoscale-ssh:");
  const text = JSON.stringify([identity.organization, urn]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
