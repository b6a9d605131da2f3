import * as z from "zod";
import type { Account } from "../../account";
import { InvalidArgumentError } from "../../errors";
import { parsePublicKey } from "../../keys/public_key";
import { choice } from "../contract/choice";
import { findHolders, type SoughtKey } from "../revocation/holders";
import { probeHolders } from "../revocation/probe_holders";
import type { AccountFunction } from "./function";

const PROBE_TIMEOUT_MS = 60_000;

const inputs = z.object({
  name: z.string().min(1).optional().meta({ description: "Name of the key in the account." }),
  fingerprint: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "Fingerprint of the key: MD5 with colons, or `SHA256:...`." }),
  publicKeyOpenssh: z.string().min(1).optional().meta({
    description: "The public key itself. Both fingerprints follow from it, and `probe` needs it.",
  }),
  probe: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Ask every holder over SSH whether it accepts the key. Needs `publicKeyOpenssh`. Default false, because each probe, " +
        "at every preview, leaves a line in the logs of those machines.",
    }),
});

const holder = z
  .object({
    kind: choice("HolderKind", "What holds a key.", {
      instance: "One instance.",
      "instance-pool": "An instance pool, which gives the key to its future members.",
    }).meta({ description: "What holds the key." }),
    zone: z.string().meta({ description: "Zone of the instance or the pool." }),
    id: z.string().meta({ description: "Identifier of the instance or the pool." }),
    name: z.string().meta({ description: "Name of the instance or the pool." }),
    keyName: z.string().optional().meta({ description: "Name under which the API lists the key there." }),
    publicIp: z.string().optional().meta({ description: "IPv4 address of the instance, if it has one." }),
    state: z.string().optional().meta({ description: "State of the instance: running, stopped, ..." }),
    accepts: choice("KeyAcceptance", "Whether a host accepts a key.", {
      yes: "The host answered that it accepts the key.",
      no: "The host refused the key when it was asked from here.",
      unknown: "The host was not asked, or gave no answer.",
    })
      .optional()
      .meta({ description: "The host's own answer. Only with `probe`." }),
    reason: z
      .string()
      .optional()
      .meta({ description: "The answer in words, or why there is none. Only with `probe`." }),
  })
  .meta({ id: "KeyHolder", description: "An instance, or an instance pool, that was given a key." });
const outputs = z.object({
  holders: z.array(holder).meta({ description: "The instances and pools that were given the key, in every zone." }),
});

export const getKeyHolders: AccountFunction<typeof inputs, typeof outputs> = {
  name: "getKeyHolders",
  description:
    "The instances and instance pools, in every zone, that were given a key. They are found by the keys that the API lists " +
    "(those of the first boot) and by the labels of this provider. Only `probe` finds out whether they still accept the key.",
  inputs,
  outputs,
  async answer({ name, fingerprint, publicKeyOpenssh, probe }, account) {
    const key = await withRegisteredFingerprint(soughtKey(name, fingerprint, publicKeyOpenssh), account);
    const holders = await findHolders(account, key);
    if (!probe) return { holders: holders.map(({ templateId: _, ...shown }) => shown) };
    if (publicKeyOpenssh === undefined) {
      throw new InvalidArgumentError(
        "getKeyHolders: probe needs the public key. Give publicKeyOpenssh, or remove probe.",
      );
    }
    const probed = await probeHolders(account, holders, publicKeyOpenssh, PROBE_TIMEOUT_MS);
    return { holders: probed.map(({ templateId: _, ...shown }) => shown) };
  },
};

/** Adds the fingerprint to a key that is given by name alone: an instance may list the key under another name. */
async function withRegisteredFingerprint(key: SoughtKey, account: Account): Promise<SoughtKey> {
  if (key.name === undefined || key.fingerprintMd5 !== undefined || key.fingerprintSha256 !== undefined) return key;
  const registered = (await account.sshKeys.list()).find(({ name }) => name === key.name);
  return { ...key, registeredMd5: registered?.fingerprint };
}

function soughtKey(name?: string, fingerprint?: string, publicKeyOpenssh?: string): SoughtKey {
  if (publicKeyOpenssh !== undefined) return { name, ...parsePublicKey(publicKeyOpenssh) };
  if (fingerprint?.startsWith("SHA256:")) return { name, fingerprintSha256: fingerprint };
  if (fingerprint !== undefined) return { name, fingerprintMd5: fingerprint.toLowerCase() };
  if (name !== undefined) return { name };
  throw new InvalidArgumentError("getKeyHolders: no key is named. Give name, fingerprint or publicKeyOpenssh.");
}
