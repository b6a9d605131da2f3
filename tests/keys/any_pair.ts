/** Keys made of the bytes that fast-check gives: the same ones in each run, also those whose numbers begin with zeros. */
import { createECDH, createPrivateKey, type JsonWebKey } from "node:crypto";
import { type Arbitrary, nat, oneof, tuple, uint8Array } from "fast-check";
import { PrivateKey } from "../../provider/keys/private_key";

const PKCS8_OF_A_SEED = Buffer.from("302e020100300506032b657004220420", "hex");

const bytes = (length: number) => uint8Array({ minLength: length, maxLength: length }).map((all) => Buffer.from(all));

const ed25519 = bytes(32).map((seed) => {
  const key = Buffer.concat([PKCS8_OF_A_SEED, seed]);
  return new PrivateKey(createPrivateKey({ key, format: "der", type: "pkcs8" }));
});

/** Its number has up to three zeros before it, and is not zero. */
function ecdsa(crv: string, curve: string, size: number): Arbitrary<PrivateKey> {
  return tuple(bytes(size), nat(3)).map(([all, zeros]) => {
    const d = Buffer.from(all.fill(0, 0, zeros).fill(1, size - 1));
    // Below the order of each of the curves.
    d[0] = crv === "P-521" ? 0 : (d[0] ?? 0) & 0x7f;
    const pair = createECDH(curve);
    pair.setPrivateKey(d);
    const point = pair.getPublicKey();
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)].map((side) => side.toString("base64url"));
    const key: JsonWebKey = { kty: "EC", crv, x: x ?? "", y: y ?? "", d: d.toString("base64url") };
    return new PrivateKey(createPrivateKey({ key, format: "jwk" }));
  });
}

/** Any key of the kinds whose numbers are any bytes: not RSA. */
export const anyPair: Arbitrary<PrivateKey> = oneof(
  ed25519,
  ecdsa("P-256", "prime256v1", 32),
  ecdsa("P-384", "secp384r1", 48),
  ecdsa("P-521", "secp521r1", 66),
);
