import { ApiError, KeyNameTakenError } from "../errors";
import type { Api } from "./client";
import { checkedKeyName, keyPath } from "./names";
import { completed, type Operation, removed } from "./operation";

/** An SSH key as the account has it. The API never gives the public key back. */
export interface SshKey {
  /** SSH key name; unique in the organisation, the same in every zone. */
  readonly name: string;
  /** MD5 of the public key, 47 characters of hex and colons. */
  readonly fingerprint: string;
}

/** The SSH keys of an organisation, reachable through the API of any zone. */
export class SshKeys {
  constructor(private readonly api: Api) {}

  /** Every key of the account. */
  list(): Promise<readonly SshKey[]> {
    return this.api.list({ what: "list SSH keys", path: "/ssh-key" }, "ssh-keys");
  }

  /** The key of that name, if there is one. @throws InvalidNameError */
  async find(name: string): Promise<SshKey | undefined> {
    return this.api.find({ what: `read SSH key "${name}"`, path: keyPath(name) });
  }

  /**
   * Registers a public key under a name that is not taken. A reply that was lost does no harm: the key is then found
   * under its name and known by its fingerprint.
   *
   * @param publicKey one line in OpenSSH format
   * @param fingerprintMd5 its MD5 fingerprint as the API writes it
   * @throws InvalidNameError
   * @throws KeyNameTakenError when the name is taken, be it by the same key: to adopt that one is not decided here
   */
  async register(name: string, publicKey: string, fingerprintMd5: string): Promise<void> {
    const what = `register SSH key "${name}"`;
    const deadline = this.api.defaultDeadline();
    const body = { name: checkedKeyName(name), "public-key": publicKey };
    try {
      const posted = await this.api.post<Operation, SshKey>({ what, path: "/ssh-key", body, deadline }, () =>
        this.registered(name, fingerprintMd5),
      );
      if ("answer" in posted) await completed(this.api, posted.answer, { what, deadline });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await this.refuseTaken(name, fingerprintMd5);
      throw error;
    }
  }

  /** Removes a key from the account; content when it is gone already. It stays valid on instances that have it. */
  async remove(name: string): Promise<void> {
    await removed(this.api, { what: `delete SSH key "${name}"`, path: keyPath(name) });
  }

  /** What an interrupted registration has left. */
  private async registered(name: string, wanted: string): Promise<SshKey | undefined> {
    const key = await this.find(name);
    if (key && key.fingerprint !== wanted) throw new KeyNameTakenError(name, key.fingerprint, wanted);
    return key;
  }

  private async refuseTaken(name: string, wanted: string): Promise<void> {
    const key = await this.find(name);
    if (key) throw new KeyNameTakenError(name, key.fingerprint, wanted);
  }
}
