import { getInstanceType } from "pulumi-exoscale-ssh";

export const tiny = getInstanceType({ zone: "ch-gva-2", type: "standard.tiny" });
