/** The private key files of the machine that runs Pulumi. Each change of one is a step. */
import { KeyFileTakenError, KeyFileUnusableError } from "../../provider/errors";
import type { Place, PrivateKeyFiles } from "../../provider/private_key_file";
import { happen } from "./effects";

export class SimulatedFiles implements PrivateKeyFiles {
  /** The texts, by path. */
  readonly texts = new Map<string, string>();

  async inspect(path: string): Promise<Place> {
    const text = this.texts.get(path);
    return text === undefined ? { is: "free" } : { is: "file", text };
  }

  async create(path: string, text: string): Promise<void> {
    await this.#change("create", path, () => {
      if (this.texts.has(path)) throw new KeyFileTakenError(`"${path}" exists.`);
      this.texts.set(path, text);
    });
  }

  async replace(path: string, last: string, text: string): Promise<void> {
    await this.#change("replace", path, () => {
      this.#checkHolds(path, last);
      this.texts.set(path, text);
    });
  }

  async remove(path: string, last: string): Promise<void> {
    await this.#change("remove", path, () => {
      this.#checkHolds(path, last);
      this.texts.delete(path);
    });
  }

  async isSameFile(left: string, right: string): Promise<boolean> {
    return left === right && this.texts.has(left);
  }

  #checkHolds(path: string, text: string): void {
    if (this.texts.get(path) !== text) throw new KeyFileUnusableError(`"${path}" has another content.`);
  }

  async #change(what: string, path: string, make: () => void): Promise<void> {
    await happen({ kind: "file", what: `${what} ${path}` }, (fault) => {
      if (fault === "disk full") throw new KeyFileUnusableError(`"${path}": No space left on device`);
      make();
    });
  }
}
