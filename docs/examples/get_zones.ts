import { getZones } from "pulumi-exoscale-ssh";

export const zones = getZones();
