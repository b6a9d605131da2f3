/** Hosts for AuthorizedKey: an address, a key that opens it, and no Exoscale account. */
import { resources } from "../../provider/resources";
import type { GuestHand } from "../emulated";
import type { Kind } from "../emulator/guest_kinds";
import { makeKey, type TestKey } from "../ssh/test_keys";
import { machine } from "./known_machine";
import { type Held, type Run, startCloud, type TestCloud } from "./world";

const { AuthorizedKey, Instance } = resources;

export type Granted = Held<Awaited<ReturnType<typeof AuthorizedKey.create>>["state"]>;

/** Without credentials of Exoscale. */
const noCredentials = { apiKey: "", apiSecret: "", endpoint: "http://127.0.0.1:9/v2" };

/** A guest that one key opens, as debian and as root, and the inputs of an AuthorizedKey on it. */
export class ReachableHost {
  private constructor(
    readonly cloud: TestCloud,
    readonly id: string,
    readonly guest: GuestHand,
    readonly admin: TestKey,
  ) {}

  static async start(guests: Kind): Promise<ReachableHost> {
    const cloud = await startCloud({ guests, zones: ["ch-gva-2"], hostKeys: ["ed25519"] });
    cloud.emulator.cloud.openSsh();
    return await ReachableHost.join(cloud, makeKey());
  }

  /** Another guest of the same cloud, which the same key opens. */
  static async join(cloud: TestCloud, admin: TestKey): Promise<ReachableHost> {
    const { state } = await cloud.run().create(Instance, { ...machine, waitForSsh: true });
    const { instanceId: id } = state;
    const guest = await cloud.emulator.cloud.guest(id);
    for (const user of ["debian", "root"]) await guest.writeAuthorizedKeys(`${admin.publicKey}\n`, user);
    return new ReachableHost(cloud, id, guest, admin);
  }

  /** A run of the provider without credentials of Exoscale. */
  run(): Run {
    return this.cloud.run(noCredentials);
  }

  get connection() {
    const { user, address: host, port } = this.guest;
    return { user, host, port, privateKey: this.admin.privateKey };
  }

  /** Inputs of an AuthorizedKey. */
  inputs(publicKey: string, more: object = {}) {
    const urn = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/exoscale-ssh:AuthorizedKey::alice";
    return { identity: { organization: "o", urn, name: "alice" }, connection: this.connection, publicKey, ...more };
  }

  /** Whether sshd accepts a key: `yes`, `no`. */
  async accepts(publicKey: string, user = this.guest.user): Promise<string> {
    const { address: host, port } = this.guest;
    return (await this.run().account.ssh.probe({ host, port, user }, publicKey)).accepts;
  }

  /** The lines of an account's file, except the line of the key that logs in. */
  async lines(user?: string): Promise<string[]> {
    const lines = (await this.guest.authorizedKeys(user)).split("\n");
    return lines.filter((line) => line !== "" && line !== this.admin.publicKey);
  }

  /** Replaces all lines after the line of the key that logs in. */
  async write(...lines: string[]): Promise<void> {
    await this.guest.writeAuthorizedKeys([this.admin.publicKey, ...lines, ""].join("\n"));
  }
}

/** The error message of an attempt; empty if it succeeds. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(
    () => "",
    (error: unknown) => `${error instanceof Error ? error.message : error}`,
  );
}
