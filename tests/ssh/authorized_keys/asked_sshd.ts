import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SshLoginRefusedError } from "../../../provider/errors";
import type { PublicKey } from "../../../provider/keys/public_key";
import { type AuthorizedEntry, entriesOf } from "../../../provider/ssh/authorized_keys/entry";
import { connect } from "../../../provider/ssh/connection/connect";
import { KeyQuestion } from "../../../provider/ssh/connection/key_question";
import { startSshd } from "../openssh_server";
import { bare } from "./keys";
import { askedKeys, closingOptions } from "./random_files";

/** A real sshd that answers which keys it accepts with a file. */
export interface AskedSshd {
  /** For each file, the keys that sshd accepts with it. One connection answers at most a thousand questions. */
  accepted(files: readonly Buffer[], keys: readonly PublicKey[]): Promise<PublicKey[][]>;
  close(): Promise<void>;
}

export async function startAskedSshd(): Promise<AskedSshd> {
  const folder = mkdtempSync(join(tmpdir(), "asked-"));
  const file = join(folder, "authorized_keys");
  const sshd = await startSshd([`AuthorizedKeysFile ${file}`, "MaxAuthTries 100000", "LoginGraceTime 0"]);
  return {
    async accepted(files, keys) {
      const questions = files.map((bytes) =>
        keys.map((key) => new QuestionWith(key, () => writeFileSync(file, bytes))),
      );
      const refusal = await connect(sshd.target, [], {
        acceptNew: true,
        ask: questions.flat().flatMap(({ tries }) => tries),
        timeoutMs: 120_000,
      }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (!(refusal instanceof SshLoginRefusedError)) throw refusal;
      return questions.map((asked) => asked.filter(saidYes).map(({ key }) => key));
    },
    async close() {
      await sshd.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A question that first writes the file, when the client library asks it. */
class QuestionWith extends KeyQuestion {
  constructor(key: PublicKey, prepare: () => void) {
    super(key);
    for (const each of this.tries.slice(0, 1)) {
      const ask = each.method.bind(each);
      each.method = (user) => {
        prepare();
        return ask(user);
      };
    }
  }
}

function saidYes({ answer, key }: KeyQuestion): boolean {
  if (answer === "unknown") throw new Error(`sshd gave no answer about ${key.openssh}.`);
  return answer === "yes";
}

/** The keys with which our grammar says that this client can log in now. */
export function openKeys(file: Buffer): PublicKey[] {
  const open = entriesOf(file).filter(isOpen);
  return askedKeys.filter((key) => open.some(({ publicKeyOpenssh }) => publicKeyOpenssh === bare(key)));
}

function isOpen({ inert, isCertAuthority, options }: AuthorizedEntry): boolean {
  return inert === undefined && !isCertAuthority && !options.some((option) => closingOptions.includes(option));
}

/** The names of the keys, in alphabetical order. */
export function names(keys: readonly PublicKey[] = []): string[] {
  return keys.map(({ comment }) => comment).sort();
}
