import type { PublicKey } from "../../../provider/keys/public_key";
import { withKey, withoutKeys } from "../../../provider/ssh/authorized_keys/edit";
import { describeWithSshd } from "../openssh_server";
import { type AskedSshd, names, openKeys, startAskedSshd } from "./asked_sshd";
import { askedKeys, oneOf, randomFile, randomFrom } from "./random_files";

/** Random files, from this seed on: `AUTHORIZED_KEYS_FILES=500 AUTHORIZED_KEYS_SEED=7 npx jest random_sshd` tries more. */
const count = Number(process.env["AUTHORIZED_KEYS_FILES"] ?? 25);
const seed = Number(process.env["AUTHORIZED_KEYS_SEED"] ?? 1);

/** As many files as one connection can answer about. */
const PER_CONNECTION = 30;

describeWithSshd("A real OpenSSH sshd", () => {
  let sshd: AskedSshd;
  beforeAll(async () => {
    sshd = await startAskedSshd();
  });
  afterAll(() => sshd.close());

  test.each(batches())(
    "agrees about the random files from seed %i on",
    async (_seed, trials) => {
      const answers = (edit: (trial: Trial) => Buffer) => sshd.accepted(trials.map(edit), askedKeys);
      const before = await answers(({ file }) => file);
      const after = {
        removed: await answers(({ file, key }) => withoutKeys(file, [key]).file),
        reported: await answers((trial) => put(trial, "report").file),
        replaced: await answers((trial) => put(trial, "replace").file),
      };
      const seen = trials.map((trial, at) => ({
        ...inWords(trial),
        before: names(before[at]),
        removed: names(after.removed[at]),
        reported: names(after.reported[at]),
        replaced: names(after.replaced[at]),
      }));
      expect(seen).toEqual(trials.map((trial, at) => expected(trial, before[at] ?? [])));
    },
    600_000,
  );
});

interface Trial {
  readonly seed: number;
  readonly file: Buffer;
  /** The key that is removed and added. */
  readonly key: PublicKey;
}

function batches(): [number, Trial[]][] {
  const trials = Array.from({ length: count }, (_trial, at) => trial(seed + at));
  return trials.flatMap(({ seed: first }, at) =>
    at % PER_CONNECTION === 0 ? [[first, trials.slice(at, at + PER_CONNECTION)] satisfies [number, Trial[]]] : [],
  );
}

function trial(number: number): Trial {
  const random = randomFrom(number);
  return { seed: number, file: randomFile(random), key: oneOf(askedKeys, random) };
}

/** The answers that sshd must give, from the keys that it accepts first. */
function expected(trial: Trial, before: readonly PublicKey[]) {
  const { file, key } = trial;
  const others = before.filter((other) => other !== key);
  const all = names([...others, key]);
  return {
    ...inWords(trial),
    before: names(openKeys(file)),
    removed: names(others),
    reported: put(trial, "report").isConflict ? names(before) : all,
    replaced: all,
  };
}

/** The file with a line for the key, or unchanged if it has one with other options. */
function put({ file, key }: Trial, whenPresent: "report" | "replace"): { file: Buffer; isConflict: boolean } {
  const addition = withKey(file, { key }, whenPresent);
  return "conflict" in addition ? { file, isConflict: true } : { file: addition.file, isConflict: false };
}

function inWords({ seed: number, file, key }: Trial) {
  return { seed: number, file: file.toString("latin1").split("\n"), key: key.comment };
}
