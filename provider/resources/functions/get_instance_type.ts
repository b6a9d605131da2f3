import * as z from "zod";
import { chooseType, typeName } from "../instance/zone_catalogue";
import { type AccountFunction, findZone, zoneArgument } from "./function";

const inputs = z.object({
  zone: zoneArgument,
  type: z.string().min(1).meta({ description: "Family, a dot and size, such as `standard.tiny`." }),
});
const outputs = z.object({
  id: z.string().meta({ description: "Identifier of the type." }),
  type: z.string().meta({ description: "Family, a dot and size: `standard.tiny`." }),
  family: z.string().meta({
    description:
      "Family, such as `standard`. An instance is scaled within it; between standard, cpu and memory Exoscale decides.",
  }),
  size: z.string().meta({ description: "Size, such as `tiny`." }),
  cpus: z.int().optional().meta({ description: "Number of virtual CPUs." }),
  memory: z.number().optional().meta({ description: "Memory in bytes." }),
});

export const getInstanceType: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getInstanceType",
  description: "An instance type that a zone offers to the account.",
  inputs,
  outputs,
  async answer({ zone, type: wanted }, account) {
    const type = await chooseType(await findZone(account, "getInstanceType", zone), wanted);
    const { id, family, size, cpus, memory } = type;
    return { id, type: typeName(type), family, size, ...(cpus && { cpus }), ...(memory && { memory }) };
  },
};
