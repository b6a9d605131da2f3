import { getTemplate } from "pulumi-exoscale-ssh";

export const debian = getTemplate({ zone: "ch-gva-2", template: "Linux Debian 13" });
