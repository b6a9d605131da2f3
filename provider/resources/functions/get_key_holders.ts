import * as z from "zod";
import type { Account } from "../../account";
import { InvalidArgumentError } from "../../errors";
import { parseFingerprint } from "../../keys/fingerprint";
import { parseLoginKey } from "../../keys/public_key";
import { choice } from "../contract/choice";
import { findHolders, type SoughtKey } from "../revocation/holders";
import { probeHolders } from "../revocation/probe_holders";
import type { AccountFunction } from "./function";

/** Longest time to ask all holders, in milliseconds. */
const PROBE_MS = 60_000;

const inputs = z.object({
  name: z
    .string()
    .regex(/\S/, "A name is not blank")
    .optional()
    .meta({ description: "Name of the key in the account." }),
  fingerprint: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Fingerprint of the key, or the whole line that `ssh-keygen -l` prints: MD5, or SHA256. Exoscale knows MD5 only, so " +
        "SHA256 finds the instances to which this provider gave the key. MD5 or the public key finds all.",
    }),
  publicKeyOpenssh: z.string().min(1).optional().meta({
    description: "The public key itself. Both fingerprints follow from it, and `probe` needs it.",
  }),
  probe: z
    .boolean()
    .default(false)
    .meta({
      description:
        "Ask every holder over SSH whether it accepts the key, for its default user and for root. Needs " +
        "`publicKeyOpenssh`. The ssh-agent, if there is one, logs in after the question where the host key is known: newer " +
        "versions of sshd lock out an address that only asks. Without a login there are five or ten seconds between two questions " +
        "to a host. Default false, because each probe, at every preview, leaves a line in the logs of those machines.",
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
      no: "The host, known by its host key, refused the key for its default user and for root when it was asked from here.",
      unknown: "The host was not asked, gave no answer, or refused the key without a known host key.",
    })
      .optional()
      .meta({ description: "The host's own answer. Only with `probe`." }),
    reason: z
      .string()
      .optional()
      .meta({ description: "The answer in words, or why there is none. Only with `probe`." }),
    user: z
      .string()
      .optional()
      .meta({
        description:
          "Account of the host that the answer is about: the one that accepts the key, else the template's default user. " +
          "Only with `probe`; absent if it is not known.",
      }),
    hostKeyKnown: z
      .boolean()
      .optional()
      .meta({
        description:
          "Whether the host showed the host key that was recorded for the instance. If not, another machine may have " +
          "answered. Only with `probe`.",
      }),
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
    if (probe && publicKeyOpenssh === undefined) {
      throw new InvalidArgumentError(
        "getKeyHolders: probe needs the public key. Give publicKeyOpenssh, or remove probe.",
      );
    }
    const found = await findHolders(account, key);
    const holders =
      probe && publicKeyOpenssh !== undefined ? await probeHolders(account, found, publicKeyOpenssh, PROBE_MS) : found;
    // Leaves out what only the provider needs of a holder.
    return outputs.parse({ holders });
  },
};

/** Adds the fingerprint to a key that is given by name alone: an instance may list the key under another name. */
async function withRegisteredFingerprint(key: SoughtKey, account: Account): Promise<SoughtKey> {
  if (key.name === undefined || key.fingerprintMd5 !== undefined || key.fingerprintSha256 !== undefined) return key;
  const registered = (await account.sshKeys.list()).find(({ name }) => name === key.name);
  return { ...key, registeredMd5: registered?.fingerprint };
}

function soughtKey(name?: string, fingerprint?: string, publicKeyOpenssh?: string): SoughtKey {
  const given = fingerprint === undefined ? undefined : readFingerprint(fingerprint);
  if (publicKeyOpenssh !== undefined) {
    const { fingerprintMd5, fingerprintSha256 } = parseLoginKey(publicKeyOpenssh);
    if (given && given.fingerprintMd5 !== fingerprintMd5 && given.fingerprintSha256 !== fingerprintSha256) {
      throw new InvalidArgumentError(
        `getKeyHolders: the fingerprint is not that of publicKeyOpenssh, which is ${fingerprintSha256} ` +
          `(MD5 ${fingerprintMd5}). Give one of them.`,
      );
    }
    return { name, fingerprintMd5, fingerprintSha256 };
  }
  if (given || name !== undefined) return { name, ...given };
  throw new InvalidArgumentError("getKeyHolders: no key is named. Give name, fingerprint or publicKeyOpenssh.");
}

function readFingerprint(text: string): Pick<SoughtKey, "fingerprintMd5" | "fingerprintSha256"> {
  const fingerprint = parseFingerprint(text);
  if (fingerprint) return fingerprint;
  throw new InvalidArgumentError(
    `getKeyHolders: ${JSON.stringify(text.slice(0, 80))} is no fingerprint. Give it as ssh-keygen -l or the account shows ` +
      "it: SHA256 and 43 characters, or 16 pairs of hexadecimal digits.",
  );
}
