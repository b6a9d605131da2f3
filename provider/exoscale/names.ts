import { InvalidNameError } from "../errors";

const KEY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The path of an SSH key. Escaping is not enough: a URL resolves `..` in every spelling, and deleting a key with the
 * name `../instance/<id>` would then delete an instance.
 *
 * @throws InvalidNameError when the name does not match the API's pattern
 */
export function keyPath(name: string): string {
  return `/ssh-key/${checkedKeyName(name)}`;
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

/** @throws InvalidNameError when the name does not match the API's pattern */
export function checkedKeyName(name: string): string {
  if (!KEY_NAME.test(name)) throw new InvalidNameError("SSH key name", name, KEY_NAME.source);
  return name;
}

/** @throws InvalidNameError when the id is not a UUID */
export function checkedId(kind: string, id: string): string {
  if (!UUID.test(id)) throw new InvalidNameError(`${kind} id`, id, UUID.source);
  return id;
}
