/** Random numbers and keys that follow from a seed. */
import { createHash, createPrivateKey, type KeyObject } from "node:crypto";

/** What ASN.1 puts before the 32 bytes of an Ed25519 private key (RFC 8410, section 10.3). */
const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export class Chance {
  #taken = 0;

  constructor(readonly seed: number) {}

  /** The next bytes. */
  bytes = (length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () => {
      this.#taken += 1;
      return createHash("sha256").update(`${this.seed} ${this.#taken}`).digest();
    });
    return Buffer.concat(blocks).subarray(0, length);
  };

  /** The next number, from 0 to 1. */
  number = (): number => this.bytes(6).readUIntBE(0, 6) / 2 ** 48;

  /** The next UUID, version 4 (RFC 9562). */
  uuid = (): string => {
    const hex = this.bytes(16).toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };

  /** The next Ed25519 private key. */
  privateKey = (): KeyObject =>
    createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, this.bytes(32)]), format: "der", type: "pkcs8" });
}
