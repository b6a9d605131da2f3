import * as exoscale from "@pulumi/exoscale-ssh";

export const zones = exoscale.getZonesOutput().zones;
