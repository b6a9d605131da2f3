/**
 * The shape of refusals. The document of the compute API does not have it: it declares only answers with 200.
 *
 * Statuses and bodies are those that were seen: in mocks and issues of Exoscale's own clients, in acceptance tests and
 * examples of its Terraform provider, and in recordings of the real API that the emulator feint was made from.
 */
import type { Schema } from "./document";

/** The observed statuses of refusals, and 429, which clients expect. Nobody has seen 401. */
export const REFUSALS: readonly number[] = [400, 403, 404, 409, 412, 429];

/** The emulator's own: it does not do what the API would. */
export const NOT_EMULATED = 501;

const FINDING: Schema = {
  type: "object",
  required: ["in", "path", "message", "description"],
  properties: {
    in: { type: "array", items: {} },
    path: { type: "string" },
    message: { type: "string" },
    description: { type: "string" },
  },
};

/** The body of every refusal. */
export const REFUSAL: Schema = {
  type: "object",
  required: ["message"],
  properties: { message: { type: "string" } },
};

/** The body of 400, which may name the wrong values (exoscale/python-exoscale#40). */
export const BAD_REQUEST: Schema = {
  ...REFUSAL,
  properties: { ...REFUSAL.properties, errors: { type: "array", items: FINDING } },
};
