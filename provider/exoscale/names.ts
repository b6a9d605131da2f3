import { InvalidNameError } from "../errors";

const NEW_KEY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;
/** What could be read as a path, or be decoded into one, by whatever stands between here and the API. */
const PATH_LIKE = /^\.*$|[/\\%\p{Cc}\p{Cs}]/u;
/** The form of an id. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The path of an SSH key. Old keys have names that no new key can have, such as `Alice Example`, so a name is escaped.
 * Escaping is not enough: a URL resolves `..` in every spelling, and deleting a key with the name `../instance/<id>`
 * would then delete an instance.
 *
 * @throws InvalidNameError when the name could be read as a path
 */
export function keyPath(name: string): string {
  if (!PATH_LIKE.test(name)) return `/ssh-key/${encodeURIComponent(name)}`;
  throw new InvalidNameError(
    "SSH key name in a path",
    name,
    "a name without slashes, backslashes, percent signs and control characters, because such a name cannot be the end of " +
      "a path. Delete this key in Exoscale's console, and remove it from the program and from the state",
  );
}

/**
 * The path of a resource that is known by its id.
 *
 * @param kind the path's first segment, such as `instance`
 * @throws InvalidNameError when the id is not a UUID
 */
export function idPath(kind: string, id: string): string {
  return `/${kind}/${checkedId(kind, id)}`;
}

/** Whether a text is a resource's id. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Whether a new key can have the name. */
export function fitsNewKey(name: string): boolean {
  return NEW_KEY_NAME.test(name);
}

/** @throws InvalidNameError when no new key can have the name */
export function checkedKeyName(name: string): string {
  if (!fitsNewKey(name)) throw new InvalidNameError("SSH key name", name, NEW_KEY_NAME.source);
  return name;
}

/** @throws InvalidNameError when the id is not a UUID */
export function checkedId(kind: string, id: string): string {
  if (!isId(id)) throw new InvalidNameError(`${kind} id`, id, UUID.source);
  return id;
}
