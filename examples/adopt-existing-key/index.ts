import * as pulumi from "@pulumi/pulumi";
import { getSshKeyPairOutput, SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// The key that the account has, and its public half:
//   pulumi config set name deploy
//   pulumi config set publicKey "$(cat deploy.pub)"
// Fails when the account has no key of that name.
const existing = getSshKeyPairOutput({ name: config.require("name") });

// The account does not return the public key, so the program brings it. It is adopted only if it is the same key.
const deploy = new SshKeyPair(
  "deploy",
  { name: existing.name, publicKey: config.require("publicKey"), adopt: true },
  // From now on the key belongs to this stack, and `pulumi destroy` deletes it. To keep it in the account, first run
  // `pulumi config set keep true` and `pulumi up`. Neither takes it off a machine.
  { retainOnDelete: config.getBoolean("keep") ?? false },
);

export const name = deploy.name;
export const inTheAccount = existing.publicKeyFingerprintMd5;
export const inThisProgram = deploy.publicKeyFingerprintMd5;
