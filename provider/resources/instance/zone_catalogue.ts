import type { Account, InstanceType, Template, ZoneAccount } from "../../account";
import { ExoscaleSshError, NotInAccountError } from "../../errors";
import { printable } from "../../errors/printable";
import { isId } from "../contract/id";

/** The part of a zone that is needed to choose a template. */
type Templates = Pick<ZoneAccount, "name" | "templates" | "template">;

/** The part of an account that is needed to find a template of another zone. */
type Elsewhere = Pick<Account, "zones" | "zone">;

/**
 * The template of a zone with that id, that name, or a name that begins with it; letter case does not count. Of several
 * with one name, Exoscale's own (public) go before the account's (private), as in Exoscale's CLI and Terraform
 * provider, and the newest is chosen. An id finds any template, even one that is no longer listed.
 *
 * @param elsewhere the account, if the error for an unknown id should name the zone that has it
 * @throws NotInAccountError when there is none, or when several names begin with it
 */
export async function chooseTemplate(zone: Templates, wanted: string, elsewhere?: Elsewhere): Promise<Template> {
  const templates = await zone.templates();
  if (isId(wanted)) {
    return (await zone.template(wanted.toLowerCase())) ?? (await refuseTemplateId(zone, wanted, templates, elsewhere));
  }
  const exact = templates.filter(({ name }) => fold(name) === fold(wanted));
  const candidates = exact.length > 0 ? exact : templates.filter(({ name }) => beginsWithWords(name, wanted));
  const names = [...new Set(candidates.map(({ name }) => name))].sort();
  const [newest] = candidates.toSorted(byPreference);
  if (newest && names.length === 1) return newest;
  if (!newest) return refuseTemplate(zone, wanted, templates);
  throw new NotInAccountError(
    `Several templates in ${zone.name} begin with "${wanted}": ${names.map((name) => printable(name)).join("; ")}. Give the whole name, or the id.`,
  );
}

async function refuseTemplateId(
  zone: Templates,
  wanted: string,
  templates: readonly Template[],
  elsewhere: Elsewhere | undefined,
): Promise<never> {
  const [found] = elsewhere ? await templatesElsewhere(zone, wanted.toLowerCase(), elsewhere) : [];
  if (!found) return refuseTemplate(zone, wanted, templates);
  throw new NotInAccountError(
    `Template "${wanted}" is "${printable(found.name)}" in ${found.zone}, not in ${zone.name}: a template has another id in each ` +
      `zone. Give its name, or its id in ${zone.name}.`,
  );
}

/** Used for an error text only, so a zone that does not answer counts as one that does not have it. */
async function templatesElsewhere(zone: Templates, id: string, elsewhere: Elsewhere) {
  const others = (await elsewhere.zones()).filter(({ name }) => name !== zone.name);
  const requests = others.map(async ({ name }) => {
    const template = await (await elsewhere.zone(name)).template(id);
    return template && { name: template.name, zone: name };
  });
  const answers = await Promise.all(requests.map((request) => request.catch(undefinedIfRefused)));
  return answers.filter((answer) => answer !== undefined);
}

function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof ExoscaleSshError)) throw error;
}

function refuseTemplate(zone: Templates, wanted: string, templates: readonly Template[]): never {
  const names = templates.map(({ name }) => name);
  throw new NotInAccountError(`There is no template "${wanted}" in ${zone.name}. ${suggestNames(wanted, names)}`);
}

/** The type `family.size` of a zone. @throws NotInAccountError if there is none, or the account may not use it */
export async function chooseType(zone: ZoneAccount, wanted: string): Promise<InstanceType> {
  const types = await zone.instanceTypes();
  const offered = types.filter(({ zones }) => !zones || zones.includes(zone.name));
  const type = offered.find((candidate) => typeName(candidate) === wanted.toLowerCase());
  if (!type) {
    throw new NotInAccountError(
      `There is no instance type "${wanted}" in ${zone.name}. ${suggestNames(wanted, offered.map(typeName))}`,
    );
  }
  if (type.authorized !== false) return type;
  throw new NotInAccountError(
    `This account may not use instance type "${wanted}". Ask Exoscale's support to enable it.`,
  );
}

/** `family.size`, the form that users write. */
export function typeName({ family, size }: Pick<InstanceType, "family" | "size">): string {
  return `${family}.${size}`;
}

/** The smallest disk that a template fits on, in whole GiB. */
export function smallestDisk({ size = 0 }: Pick<Template, "size">): number {
  return Math.ceil(size / 1024 ** 3);
}

/** The error text for keys with a template that installs none. */
export function installsNoKeys({ name }: Pick<Template, "name">): string {
  return `Template "${name}" installs no SSH keys. Remove sshKeys, or choose another template.`;
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

/** "Linux Debian 1" does not count as a beginning of "Linux Debian 13": the word has to end there. */
function beginsWithWords(name: string, beginning: string): boolean {
  return fold(name).startsWith(`${fold(beginning)} `);
}

function byPreference(a: Template, b: Template): number {
  const publicFirst = (template: Template) => (template.visibility === "private" ? 1 : 0);
  const createdAt = (template: Template) => Date.parse(template["created-at"] ?? "") || 0;
  return publicFirst(a) - publicFirst(b) || createdAt(b) - createdAt(a);
}

function suggestNames(wanted: string, names: readonly string[]): string {
  const words = fold(wanted).split(/[\s.]+/);
  const hits = (name: string) => words.filter((word) => fold(name).includes(word)).length;
  const sorted = [...new Set(names)].toSorted((a, b) => hits(b) - hits(a) || a.localeCompare(b));
  return sorted.length === 0
    ? "This account has none there."
    : `There are, among others: ${sorted
        .slice(0, 8)
        .map((name) => printable(name))
        .join("; ")}.`;
}
