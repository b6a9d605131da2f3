import * as z from "zod";

/** Exoscale's pattern for the name of an SSH key (API operation register-ssh-key). */
export const KEY_NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

export const keyName = z
  .string()
  .regex(
    KEY_NAME_PATTERN,
    "A key name has 1 to 255 letters, digits, dots, underscores and dashes, and starts with a letter or a digit",
  );
