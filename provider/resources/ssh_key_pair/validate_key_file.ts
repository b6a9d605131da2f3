import type { PrivateKeyFiles } from "../../private_key_file";
import { fieldsMarked, hasUnknown, isGiven, known, type PreviewedFields } from "../contract/description";
import { changedInputs } from "../contract/diff";
import type { CheckFailure, OldInputs } from "../contract/resource";
import { type SshKeyPairInputs, sshKeyPairInputs } from "./fields";
import { keyFilesOf, missingReason, takenReason } from "./key_file";
import { sameKeyPairInputs } from "./material";

type Inputs = PreviewedFields<SshKeyPairInputs>;

const PROPERTY = "privateKeyFile";

/** Rules for the path itself, and for the inputs that conflict with it. */
export function validateKeyFile(inputs: Inputs): CheckFailure[] {
  if (!isGiven(inputs.privateKeyFile)) return [];
  const path = known(inputs.privateKeyFile) ?? "";
  const rules: [wrong: boolean, reason: string][] = [
    [/[/\\]$/.test(path), `"${path}" is a directory by its name. Give the path of a file in it.`],
    [/^~(?!\/)/.test(path), `"${path}" begins with ~, but only ~/ is expanded. Give the full path, or ./~...`],
    [
      isGiven(inputs.publicKey),
      "There is no private key to write, because only a public key is imported. Remove privateKeyFile or publicKey.",
    ],
    [
      isGiven(inputs.privateKey),
      "An imported private key is always in the state, also with a file. Remove privateKeyFile; or import only publicKey " +
        "and keep the private key yourself; or remove privateKey to generate a new key.",
    ],
  ];
  return rules.filter(([wrong]) => wrong).map(([, reason]) => ({ property: PROPERTY, reason }));
}

/** Refuses a replacement with the same path: the old pair still has the file, and no file is overwritten. */
export function validateKeyFileChange(inputs: Inputs, olds: SshKeyPairInputs): CheckFailure[] {
  const path = known(inputs.privateKeyFile);
  const changes = replacingChanges(inputs, olds).filter((name) => !hasUnknown(inputs[name]));
  if (path === undefined || path !== olds.privateKeyFile || changes.length === 0) return [];
  const reason =
    `Changing ${changes.join(", ")} makes a new pair, and "${path}" holds the private key of the old one, which is never ` +
    "overwritten. Change privateKeyFile as well, for example to a name that contains the trigger.";
  return [{ property: PROPERTY, reason }];
}

/** Checks the files on this machine: whether the path is free, and whether the key that a change needs is there. */
export async function checkKeyFile(
  inputs: Inputs,
  files: PrivateKeyFiles,
  olds: OldInputs<SshKeyPairInputs>,
): Promise<CheckFailure[]> {
  const path = known(inputs.privateKeyFile);
  // The engine checks the new half of a replacement by itself, without the old inputs.
  if (olds !== undefined)
    return replacingChanges(inputs, olds).length > 0 ? [] : await checkChangedKeyFile(inputs, files, olds);
  if (path === undefined) return [];
  const place = await files.inspect(path);
  return place.is === "free" ? [] : [{ property: PROPERTY, reason: takenReason(path, place) }];
}

async function checkChangedKeyFile(
  inputs: Inputs,
  files: PrivateKeyFiles,
  olds: SshKeyPairInputs,
): Promise<CheckFailure[]> {
  const path = known(inputs.privateKeyFile);
  const changed = (["comment", "passphrase", "privateKeyFile"] as const).filter((name) => inputs[name] !== olds[name]);
  if (changed.length === 0 || changed.some((name) => hasUnknown(inputs[name]))) return [];
  if (path !== undefined && path !== olds.privateKeyFile) {
    const place = await files.inspect(path);
    if (place.is === "blocked") return [{ property: PROPERTY, reason: takenReason(path, place) }];
  }
  const isImported = isGiven(inputs.publicKey) || isGiven(inputs.privateKey);
  if (olds.privateKeyFile === undefined || isImported) return [];
  const places = await Promise.all(keyFilesOf(olds, { privateKeyFile: path }).map((file) => files.inspect(file)));
  if (places.some(({ is }) => is === "file")) return [];
  return [{ property: PROPERTY, reason: missingReason(olds.privateKeyFile) }];
}

function replacingChanges(inputs: Inputs, olds: SshKeyPairInputs): (keyof SshKeyPairInputs)[] {
  const replacing = new Set(fieldsMarked(sshKeyPairInputs, "replaces"));
  const described = { inputs: sshKeyPairInputs, sameValue: sameKeyPairInputs };
  // The names of the description are those of the inputs.
  return changedInputs(described, olds, inputs).filter((name) => replacing.has(name)) as (keyof SshKeyPairInputs)[];
}
