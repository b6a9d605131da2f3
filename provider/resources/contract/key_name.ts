import * as z from "zod";

/** Exoscale's pattern for the name of a new SSH key (API operation register-ssh-key). */
const NEW_KEY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

/** The rule in words, for a name that is given to a new key. */
export const NEW_KEY_NAME_RULE =
  "A key name has 1 to 255 letters, digits, dots, underscores and dashes, and starts with a letter or a digit";

/** Whether a new key can have the name. The account may have older keys under other names. */
export function fitsNewKey(name: string): boolean {
  return NEW_KEY_NAME.test(name);
}

/** The name of a key that the account may have. It is looked up, so any name will do. */
export const keyName = z.string().min(1, "A key name has at least one character");
