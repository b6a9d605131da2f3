import { getSshKeyPairOutput, SshKeyPair } from "pulumi-exoscale-ssh";

const erin = new SshKeyPair("erin");

export const registered = getSshKeyPairOutput({ name: erin.name }).publicKeyFingerprintMd5;
