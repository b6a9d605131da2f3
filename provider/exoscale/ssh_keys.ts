import { ApiError, KeyMaterialTakenError, KeyNameTakenError } from "../errors";
import type { Api } from "./client";
import { checkedKeyName, keyPath } from "./names";
import { deleteAndWait, type Operation, waitForOperation } from "./operation";

/** An SSH key as the account has it. The API never gives the public key back. */
export interface SshKey {
  /** SSH key name; unique in the organisation, the same in every zone. */
  readonly name: string;
  /** MD5 of the public key, 47 characters of hex and colons. */
  readonly fingerprint: string;
}

/** The SSH keys of an organisation, reachable through the API of any zone. */
export class SshKeys {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every key of the account. */
  list(): Promise<readonly SshKey[]> {
    return this.#api.list({ what: "list SSH keys", path: "/ssh-key" }, "ssh-keys");
  }

  /** The key of that name, if there is one. @throws InvalidNameError */
  async find(name: string): Promise<SshKey | undefined> {
    return this.#api.find({ what: `read SSH key "${name}"`, path: keyPath(name) });
  }

  /**
   * Registers a public key under a name that is not taken. A reply that was lost does no harm: the key is then found
   * under its name and known by its fingerprint.
   *
   * @param publicKey one line in OpenSSH format
   * @param fingerprintMd5 its MD5 fingerprint as the API writes it
   * @throws InvalidNameError
   * @throws KeyNameTakenError when the name is taken, be it by the same key: to adopt that one is not decided here
   * @throws KeyMaterialTakenError when the key is registered under another name and the API takes none twice
   */
  async register(name: string, publicKey: string, fingerprintMd5: string): Promise<void> {
    const what = `register SSH key "${name}"`;
    const deadline = this.#api.defaultDeadline();
    const body = { name: checkedKeyName(name), "public-key": publicKey };
    try {
      const posted = await this.#api.post<Operation, SshKey>({ what, path: "/ssh-key", body, deadline }, () =>
        this.#findRegistered(name, fingerprintMd5),
      );
      if ("answer" in posted) await waitForOperation(this.#api, posted.answer, { what, deadline });
    } catch (error) {
      // 409 is what clients count with; neither it nor its words are on record.
      if (error instanceof ApiError && [400, 409].includes(error.status)) {
        throw await this.#explainRefusal(error, name, fingerprintMd5);
      }
      throw error;
    }
  }

  /** Removes a key from the account; content when it is gone already. It stays valid on instances that have it. */
  async remove(name: string): Promise<void> {
    await deleteAndWait(this.#api, { what: `delete SSH key "${name}"`, path: keyPath(name) });
  }

  /** What an interrupted registration has left. */
  async #findRegistered(name: string, wanted: string): Promise<SshKey | undefined> {
    const key = await this.find(name);
    if (key && key.fingerprint !== wanted) throw new KeyNameTakenError(name, key.fingerprint, wanted);
    return key;
  }

  /** What a refused registration means, by what the account has; the refusal itself where a look says nothing more. */
  async #explainRefusal(refusal: ApiError, name: string, wanted: string): Promise<Error> {
    const keys = await this.list().catch(() => []);
    const key = keys.find((registered) => registered.name === name);
    if (key) return new KeyNameTakenError(name, key.fingerprint, wanted);
    const same = keys.find(({ fingerprint }) => fingerprint === wanted);
    return same ? new KeyMaterialTakenError(refusal, same.name) : refusal;
  }
}
