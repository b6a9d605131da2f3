import * as z from "zod";

/** A TCP or UDP port. */
export const port = z.int().min(1, "A port is 1 to 65535").max(65_535, "A port is 1 to 65535");
