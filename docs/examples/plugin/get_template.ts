import * as exoscale from "@pulumi/exoscale-ssh";

const debian = exoscale.getTemplateOutput({ zone: "ch-gva-2", template: "Linux Debian 13" });

export const loginAs = debian.defaultUser;
