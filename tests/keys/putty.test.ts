import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { type PrivateKey, parsePrivateKey } from "../../provider/keys/private_key";
import { sameKey } from "../../provider/keys/public_key";
import { takeFields } from "../../provider/keys/wire";
import { puttygenOpenssh, testWith } from "./real_programs";

jest.setTimeout(60_000);

/** An RSA key one of whose private numbers begins with a byte from 8 to 15: one key in nine has such a number. */
async function keyWithShortNumber(): Promise<PrivateKey> {
  for (;;) {
    const key = await generatePrivateKey({ algorithm: "rsa", rsaBits: 2048 });
    const { d = "", qi = "" } = key.material.export({ format: "jwk" });
    const starts = [d, qi].map((number) =>
      Buffer.from(number, "base64url")
        .toString("hex")
        .replace(/^(00)+/, ""),
    );
    if (starts.some((hex) => /^0[89a-f]/.test(hex))) return key;
  }
}

function privateNumbers(putty: string): readonly Buffer[] {
  const [, lines = ""] = /Private-Lines: \d+\r\n([^:]+)\r\nPrivate-MAC/.exec(putty) ?? [];
  return takeFields(Buffer.from(lines, "base64"), 4)?.fields ?? [];
}

describe("A PuTTY file of an RSA key with a short number", () => {
  let key: PrivateKey;
  let putty: string;
  beforeAll(async () => {
    key = await keyWithShortNumber();
    putty = (await encodePrivateKey(key)).putty ?? "";
  });

  test("has no number with a superfluous zero, which PuTTY refuses", () => {
    const padded = privateNumbers(putty).filter(([first = 0, second = 0]) => first === 0 && second < 0x80);
    expect([privateNumbers(putty).length, padded]).toEqual([4, []]);
  });

  testWith("puttygen", "is read by puttygen, private half and all", () => {
    expect(sameKey(parsePrivateKey(puttygenOpenssh(putty)).publicKey(), key.publicKey())).toBe(true);
  });
});
