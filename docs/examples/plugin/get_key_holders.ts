import * as exoscale from "@pulumi/exoscale-ssh";

const dave = new exoscale.SshKeyPair("dave");

// With the whole public key it is found under any name. `probe: true` asks each machine over SSH.
export const whoHasDave = exoscale.getKeyHoldersOutput({ publicKeyOpenssh: dave.publicKeyOpenssh }).holders;
