import { getKeyHoldersOutput, SshKeyPair } from "pulumi-exoscale-ssh";

const dave = new SshKeyPair("dave");

// With the whole public key it is found under any name. `probe: true` asks each machine over SSH.
export const whoHasDave = getKeyHoldersOutput({
  publicKeyOpenssh: dave.publicKeyOpenssh.apply((key) => key ?? ""),
}).holders;
