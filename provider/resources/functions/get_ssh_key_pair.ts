import * as z from "zod";
import { NotInAccountError } from "../../errors";
import { fitsNewKey, keyName } from "../contract/key_name";
import type { AccountFunction } from "./function";

const inputs = z.object({ name: keyName.meta({ description: "Name of the key in the account." }) });
const outputs = z.object({
  name: z.string().meta({ description: "Name of the key in the account." }),
  publicKeyFingerprintMd5: z.string().meta({
    description: "MD5 fingerprint. The API returns no more of a key: the public key itself cannot be read back.",
  }),
});

export const getSshKeyPair: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getSshKeyPair",
  description: "An SSH key that the account has, by its name.",
  inputs,
  outputs,
  async answer({ name }, account) {
    const key = await account.sshKeys.find(name);
    if (key) return { name: key.name, publicKeyFingerprintMd5: key.fingerprint };
    throw new NotInAccountError(
      `getSshKeyPair: the account has no SSH key "${name}". ${fitsNewKey(name) ? "Register it, or correct" : "Correct"} the name.`,
    );
  },
};
