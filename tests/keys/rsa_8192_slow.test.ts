import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { parsePrivateKey } from "../../provider/keys/private_key";
import { sameKey } from "../../provider/keys/public_key";
import { sshKeygenPublic, testWith } from "./real_programs";

// Finding two primes of 4096 bits takes seconds on a fast machine and a minute on a busy one.
const slow = 240_000;

testWith(
  "ssh-keygen",
  "slow: the largest RSA key that is generated is read by ssh-keygen",
  async () => {
    const key = await generatePrivateKey({ algorithm: "rsa", rsaBits: 8192 });
    const { openssh, pem } = await encodePrivateKey(key, { comment: "big" });
    expect(sshKeygenPublic(openssh)).toBe(key.publicKey("big").openssh);
    expect(sameKey(parsePrivateKey(pem).publicKey(), key.publicKey())).toBe(true);
  },
  slow,
);
