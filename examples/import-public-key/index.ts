import * as pulumi from "@pulumi/pulumi";
import { SshKeyPair } from "pulumi-exoscale-ssh";

const config = new pulumi.Config();

// Alice has a key. Only its public half comes here:
//   pulumi config set publicKey "$(cat ~/.ssh/id_ed25519.pub)"
const alice = new SshKeyPair("alice", { publicKey: config.require("publicKey") });

// Exoscale keeps this name and the MD5 fingerprint, and never returns the public key.
export const name = alice.name;

// Compare with `ssh-keygen -l -f ~/.ssh/id_ed25519.pub`, for MD5 with `-E md5`.
export const sha256 = alice.publicKeyFingerprintSha256;
export const md5 = alice.publicKeyFingerprintMd5;
