import * as exoscale from "@pulumi/exoscale-ssh";

// Generated where Pulumi runs. The private key is a secret output and is never sent to Exoscale.
const alice = new exoscale.SshKeyPair("alice", { comment: "alice@example.com" });

// Imported: the stack has only the public half.
export const bob = new exoscale.SshKeyPair("bob", {
  // Put your own here: nobody has the private half of this one.
  publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1vZ0mYt0nq8bG6Zr3cQ6E3S1f3B7bJ0v0b7y0K5c5d bob@example.com",
  onDelete: exoscale.OnDelete.Refuse,
});

export const aliceFingerprint = alice.publicKeyFingerprintSha256;
export const alicePrivateKey = alice.privateKeyOpenssh;
