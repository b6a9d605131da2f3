import * as z from "zod";
import { chooseTemplate, smallestDisk } from "../instance/zone_catalogue";
import { type AccountFunction, findZone, zoneArgument } from "./function";

const inputs = z.object({
  zone: zoneArgument,
  template: z.string().min(1).meta({
    description: "Id, name, or the beginning of a name that only one template of the zone has.",
  }),
});
const outputs = z.object({
  id: z.string().meta({ description: "Identifier of the template." }),
  name: z.string().meta({ description: "Full name of the template." }),
  zone: z.string().meta({ description: "Zone of the template." }),
  defaultUser: z.string().optional().meta({ description: "User that gets the SSH keys, such as `debian`." }),
  sshKeyEnabled: z.boolean().meta({ description: "Whether its instances install SSH keys at the first boot." }),
  smallestDisk: z.int().meta({ description: "Smallest disk that the template fits on, in GiB." }),
  visibility: z
    .string()
    .meta({ description: "Owner of the template: `public` for Exoscale, `private` for the account." }),
});

export const getTemplate: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getTemplate",
  description:
    "A template of a zone. Of several builds with one name the newest is taken, and Exoscale's before the account's own.",
  inputs,
  outputs,
  async answer({ zone: zoneName, template: wanted }, account) {
    const zone = await findZone(account, "getTemplate", zoneName);
    const template = await chooseTemplate(zone, wanted, account);
    return {
      id: template.id,
      name: template.name,
      zone: zone.name,
      ...(template["default-user"] !== undefined && { defaultUser: template["default-user"] }),
      sshKeyEnabled: template["ssh-key-enabled"] !== false,
      smallestDisk: Math.max(10, smallestDisk(template)),
      visibility: template.visibility ?? "public",
    };
  },
};
