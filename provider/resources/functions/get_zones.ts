import * as z from "zod";
import type { AccountFunction } from "./function";
import "../contract/description";

const inputs = z.object({});
const outputs = z.object({
  zones: z.array(z.string()).meta({ description: "Names of the zones, such as `ch-gva-2`, sorted." }),
});

export const getZones: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getZones",
  description: "The zones of Exoscale. Needs no credentials.",
  inputs,
  outputs,
  async answer(_inputs, account) {
    return { zones: (await account.zones()).map(({ name }) => name).sort() };
  },
};
