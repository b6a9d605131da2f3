import { ApiError, KeyMaterialTakenError, KeyNameTakenError, OperationFailedError } from "../errors";
import type { Api } from "./client";
import { checkedKeyName, fitsNewKey, keyPath } from "./names";
import { deleteAndWait, waitForOperation } from "./operation";
import type { Shape } from "./shape";
import type { Sharing } from "./shared_reads";

/** An SSH key as the account has it. The API never gives the public key back. */
export interface SshKey {
  /** SSH key name; unique in the organisation, the same in every zone. */
  readonly name: string;
  /** MD5 of the public key, 47 characters of hex and colons. */
  readonly fingerprint: string;
}

const keyShape: Shape = { name: "text", fingerprint: "text" };

/** The SSH keys of an organisation, reachable through the API of any zone. */
export class SshKeys {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every key of the account. */
  list(sharing?: Sharing): Promise<readonly SshKey[]> {
    return this.#api.list({ what: "list SSH keys", path: "/ssh-key" }, "ssh-keys", keyShape, sharing);
  }

  /** The key of that name, if there is one, from a list that many callers share. */
  async findListed(name: string, sharing?: Sharing): Promise<SshKey | undefined> {
    return (await this.list(sharing)).find((key) => key.name === name);
  }

  /** The key of that name, if there is one. A name that no new key can have is looked up in the list. */
  async find(name: string): Promise<SshKey | undefined> {
    if (!fitsNewKey(name)) return this.findListed(name);
    return this.#api.find({ what: `read SSH key "${name}"`, path: keyPath(name) }, keyShape);
  }

  /**
   * Registers a public key under a name that is not taken. When a reply is lost, the key is looked up by its name and
   * recognised by its fingerprint.
   *
   * @param publicKey one line in OpenSSH format
   * @param fingerprintMd5 its MD5 fingerprint as the API writes it
   * @throws InvalidNameError
   * @throws KeyNameTakenError when the name is taken, even by the same key: the caller decides whether to adopt that
   * @throws KeyMaterialTakenError when the key is registered under another name and the API refuses a second one
   */
  async register(name: string, publicKey: string, fingerprintMd5: string): Promise<void> {
    const what = `register SSH key "${name}"`;
    // The account may have an old key under a name that no new key can have.
    const old = fitsNewKey(name) ? undefined : await this.find(name);
    if (old) throw new KeyNameTakenError(name, old.fingerprint, fingerprintMd5);
    const deadline = this.#api.defaultDeadline();
    const body = { name: checkedKeyName(name), "public-key": publicKey };
    try {
      const posted = await this.#api.post<SshKey>({ what, path: "/ssh-key", body, deadline }, () =>
        this.#findRegistered(name, fingerprintMd5),
      );
      if ("answer" in posted)
        await waitForOperation(this.#api, posted.answer, { what, deadline, kind: "POST /ssh-key" });
    } catch (error) {
      // Exoscale's own clients expect 409; neither the status nor its message is recorded.
      if (error instanceof ApiError && [400, 409].includes(error.status)) {
        throw await this.#explainRefusal(error, name, fingerprintMd5);
      }
      throw error;
    }
  }

  /**
   * Deletes a key from the account; does nothing when it is gone already. Instances that hold it still accept it.
   *
   * @throws OperationFailedError when the key is still there, under a name that the API does not take in a path
   */
  async remove(name: string): Promise<void> {
    const what = `delete SSH key "${name}"`;
    await deleteAndWait(this.#api, { what, path: keyPath(name) });
    if (fitsNewKey(name) || !(await this.find(name))) return;
    throw new OperationFailedError(what, {
      reason: "the key is still in the account",
      hint: "No new key can have such a name, and the API may not know it. Delete the key in Exoscale's console",
    });
  }

  /** The key that an interrupted registration has made. @throws KeyNameTakenError when another key has the name */
  async #findRegistered(name: string, wanted: string): Promise<SshKey | undefined> {
    const key = await this.find(name);
    if (key && key.fingerprint !== wanted) throw new KeyNameTakenError(name, key.fingerprint, wanted);
    return key;
  }

  /** Why a registration was refused, judged by the account's keys; the refusal itself where they explain nothing. */
  async #explainRefusal(refusal: ApiError, name: string, wanted: string): Promise<Error> {
    const keys = await this.list().catch(() => []);
    const key = keys.find((registered) => registered.name === name);
    if (key) return new KeyNameTakenError(name, key.fingerprint, wanted);
    const same = keys.find(({ fingerprint }) => fingerprint === wanted);
    return same ? new KeyMaterialTakenError(refusal, same.name) : refusal;
  }
}
