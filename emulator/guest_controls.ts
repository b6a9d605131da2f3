/** Failures of guests and of their network that a test orders, and hosts that are replaced by others. */
import type { World } from "./api/world";
import type { GuestFault, TakeBack } from "./guests/guest_faults";

/** Each method takes the id of an instance. All throw when there is no such instance, or when it has no guest. */
export class GuestControls {
  readonly #world: World;

  /** @internal */
  constructor(world: World) {
    this.#world = world;
  }

  /**
   * Orders a fault for the next connections. When there are several, a connection meets the one that was ordered first,
   * but `refused` comes before all others. A fault outlives a stop and start.
   *
   * @returns a function that ends the fault
   */
  async fault(instanceId: string, fault: GuestFault): Promise<TakeBack> {
    return (await this.#world.guest(instanceId)).fault(fault);
  }

  /**
   * Swaps the addresses of two guests. Each keeps its own host keys, accounts and security groups. The API shows the
   * instances as before, and open connections stay open. A second swap undoes the first, and so does another start from
   * `stateDir`.
   */
  async swapAddresses(instanceId: string, other: string): Promise<void> {
    const [one, two] = await Promise.all([this.#world.guest(instanceId), this.#world.guest(other)]);
    const resume = await Promise.all([one, two].map((guest) => guest.fault({ kind: "refused" })));
    [one.address, two.address] = [two.address, one.address];
    await Promise.all(resume.map((takeBack) => takeBack()));
  }

  /** Gives a guest new host keys, as a new installation would. Its other files stay. */
  async replaceHostKeys(instanceId: string): Promise<void> {
    await (await this.#world.guest(instanceId)).replaceHostKeys();
  }
}
