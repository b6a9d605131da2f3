import * as exoscale from "@pulumi/exoscale-ssh";

const tiny = exoscale.getInstanceTypeOutput({ zone: "ch-gva-2", type: "standard.tiny" });

export const memory = tiny.memory;
