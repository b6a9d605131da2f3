/** SSH wire encoding of a sequence of strings, independent of the code under test. */
export function wire(...fields: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    fields.map(Buffer.from).map((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
}

/** A public key line of the given type word around any bytes. */
export function lineOf(type: string, blob: Buffer, comment = "test"): string {
  return `${type} ${blob.toString("base64")} ${comment}`;
}

/** An OpenSSH private key file around any public blob, with a private section that nobody can read. */
export function opensshContainer(
  publicBlob: Buffer,
  { cipher = "none", kdf = "none", secret = Buffer.alloc(64) } = {},
) {
  const one = Buffer.from([0, 0, 0, 1]);
  const bytes = [Buffer.from("openssh-key-v1\0"), wire(cipher, kdf, ""), one, wire(publicBlob, secret)];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.concat(bytes).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
