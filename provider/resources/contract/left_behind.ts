import { isGenerated, type Named } from "./identity";
import type { Context } from "./resource";

/** What the account calls the objects, and how one is deleted. */
const kinds = {
  SshKeyPair: { plural: "SSH keys", command: "exo compute ssh-key delete" },
  SecurityGroup: { plural: "security groups", command: "exo compute security-group delete" },
};

/** An account may have a stack for each branch, and each has its own. */
const MAX_NAMES = 5;

/**
 * Names the objects that a killed run may have made for this resource: their names are generated ones of it, and no check
 * of this run has shown them so far. Nothing but the name tells, so they may be another resource's or another stack's, and
 * are left alone.
 *
 * @param type whose name is to be generated
 * @param present the objects of the account before this creation
 */
export function nameLeftBehind(
  type: keyof typeof kinds,
  inputs: Named & { readonly identity?: { readonly name: string } | undefined },
  present: readonly { readonly name: string }[],
  { run, log }: Pick<Context, "run" | "log">,
): void {
  const { name, autoNamed, identity } = inputs;
  if (autoNamed !== true || identity === undefined) return;
  const declared = type === "SshKeyPair" ? run.declaredKeys : run.declaredGroups;
  const isOurs = (other: string) => other === name || declared.has(other) || run.savedNames.has(`${type} ${other}`);
  const left = present.filter((other) => isGenerated(other.name, identity.name) && !isOurs(other.name));
  if (left.length === 0) return;
  const { plural, command } = kinds[type];
  const names = left.slice(0, MAX_NAMES).map((other) => other.name);
  const more = left.length > names.length ? ` and ${left.length - names.length} more` : "";
  log.info(
    `The account has ${plural} with names as this resource gets them: ${names.join(", ")}${more}. An ` +
      "interrupted run may have left them. If neither this stack nor another one has one of them, delete it with: " +
      `${command} NAME`,
  );
}
