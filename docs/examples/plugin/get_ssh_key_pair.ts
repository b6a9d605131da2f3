import * as exoscale from "@pulumi/exoscale-ssh";

const erin = new exoscale.SshKeyPair("erin");

export const registeredFingerprint = exoscale.getSshKeyPairOutput({ name: erin.name }).publicKeyFingerprintMd5;
