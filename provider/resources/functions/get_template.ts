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
  name: z.string().meta({ description: "Its whole name." }),
  zone: z.string().meta({ description: "Zone that it is in." }),
  defaultUser: z.string().optional().meta({ description: "User that SSH keys are installed for, such as `debian`." }),
  sshKeyEnabled: z.boolean().meta({ description: "Whether instances of it take SSH keys at first boot." }),
  smallestDisk: z.int().meta({ description: "Smallest disk that it fits on, in GiB." }),
  visibility: z
    .string()
    .meta({ description: "Whose it is: `public`, which is Exoscale's, or `private`, the account's." }),
});

export const getTemplate: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getTemplate",
  description:
    "A template of a zone: of several builds under one name the newest, Exoscale's before the account's own.",
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
