import type { Account, InstanceType, Template, ZoneAccount } from "../../account";
import { ExoscaleSshError, NotInAccountError } from "../../errors";
import { isId } from "../contract/id";

/** What a choice of templates needs of a zone. */
type Templates = Pick<ZoneAccount, "name" | "templates" | "template">;

/** Where to look for a template that a zone does not have. */
type Elsewhere = Pick<Account, "zones" | "zone">;

/**
 * The template of a zone with that id, that name, or a name that begins like that; letter case does not count. Of
 * several under one name it is Exoscale's own (public) before the account's (private), as in Exoscale's CLI and
 * Terraform provider, and the newest of those. An id names any of them, also one that is listed no longer.
 *
 * @param elsewhere the account, where the error for an id should name the zone that has it
 * @throws NotInAccountError when there is none, or when several names begin like that
 */
export async function chooseTemplate(zone: Templates, wanted: string, elsewhere?: Elsewhere): Promise<Template> {
  const templates = await zone.templates();
  if (isId(wanted)) {
    return (await zone.template(wanted.toLowerCase())) ?? (await noTemplateId(zone, wanted, templates, elsewhere));
  }
  const exact = templates.filter(({ name }) => fold(name) === fold(wanted));
  const candidates = exact.length > 0 ? exact : templates.filter(({ name }) => beginsWithWords(name, wanted));
  const names = [...new Set(candidates.map(({ name }) => name))].sort();
  const [newest] = candidates.toSorted(byPreference);
  if (newest && names.length === 1) return newest;
  if (!newest) return noTemplate(zone, wanted, templates);
  throw new NotInAccountError(
    `Several templates in ${zone.name} begin with "${wanted}": ${names.join("; ")}. Give the whole name, or the id.`,
  );
}

async function noTemplateId(
  zone: Templates,
  wanted: string,
  templates: readonly Template[],
  elsewhere: Elsewhere | undefined,
): Promise<never> {
  const [found] = elsewhere ? await templatesElsewhere(zone, wanted.toLowerCase(), elsewhere) : [];
  if (!found) return noTemplate(zone, wanted, templates);
  throw new NotInAccountError(
    `Template "${wanted}" is "${found.name}" in ${found.zone}, not in ${zone.name}: a template has another id in each ` +
      "zone. Give its name, or the id that it has there.",
  );
}

/** Only for the sake of an error, so that a zone that does not answer is a zone that does not have it. */
async function templatesElsewhere(zone: Templates, id: string, elsewhere: Elsewhere) {
  const others = (await elsewhere.zones()).filter(({ name }) => name !== zone.name);
  const looks = others.map(async ({ name }) => {
    const template = await (await elsewhere.zone(name)).template(id);
    return template && { name: template.name, zone: name };
  });
  const answers = await Promise.all(looks.map((look) => look.catch(undefinedWhereRefused)));
  return answers.filter((answer) => answer !== undefined);
}

function undefinedWhereRefused(error: unknown): undefined {
  if (!(error instanceof ExoscaleSshError)) throw error;
}

function noTemplate(zone: Templates, wanted: string, templates: readonly Template[]): never {
  const names = templates.map(({ name }) => name);
  throw new NotInAccountError(`There is no template "${wanted}" in ${zone.name}. ${nearest(wanted, names)}`);
}

/** The type `family.size` of a zone. @throws NotInAccountError also where the account may not use it */
export async function chooseType(zone: ZoneAccount, wanted: string): Promise<InstanceType> {
  const types = await zone.instanceTypes();
  const offered = types.filter(({ zones }) => !zones || zones.includes(zone.name));
  const type = offered.find((candidate) => typeName(candidate) === wanted.toLowerCase());
  if (!type) {
    throw new NotInAccountError(
      `There is no instance type "${wanted}" in ${zone.name}. ${nearest(wanted, offered.map(typeName))}`,
    );
  }
  if (type.authorized !== false) return type;
  throw new NotInAccountError(
    `This account may not use instance type "${wanted}". Ask Exoscale's support to enable it.`,
  );
}

/** `family.size`, as people write it. */
export function typeName({ family, size }: Pick<InstanceType, "family" | "size">): string {
  return `${family}.${size}`;
}

/** Smallest disk in whole GiB that a template fits on. */
export function smallestDisk({ size = 0 }: Pick<Template, "size">): number {
  return Math.ceil(size / 1024 ** 3);
}

/** What to say of a template on which keys are of no use. */
export function installsNoKeys({ name }: Pick<Template, "name">): string {
  return `Template "${name}" installs no SSH keys. Remove sshKeys, or choose another template.`;
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

/** "Linux Debian 1" is no beginning of "Linux Debian 13": the word has to end there. */
function beginsWithWords(name: string, beginning: string): boolean {
  return fold(name).startsWith(`${fold(beginning)} `);
}

function byPreference(a: Template, b: Template): number {
  const own = (template: Template) => (template.visibility === "private" ? 1 : 0);
  const made = (template: Template) => Date.parse(template["created-at"] ?? "") || 0;
  return own(a) - own(b) || made(b) - made(a);
}

function nearest(wanted: string, names: readonly string[]): string {
  const words = fold(wanted).split(/[\s.]+/);
  const hits = (name: string) => words.filter((word) => fold(name).includes(word)).length;
  const sorted = [...new Set(names)].toSorted((a, b) => hits(b) - hits(a) || a.localeCompare(b));
  return sorted.length === 0
    ? "It offers none to this account."
    : `There are, among others: ${sorted.slice(0, 8).join("; ")}.`;
}
