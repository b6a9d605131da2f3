/** What befalls the guests of an emulated cloud, on demand: bad networks, and hosts that are not the ones they were. */
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
   * Orders a fault, which hits connections from the next one on. Of several at once the one ordered first hits, but for
   * `refused`, which comes before all. It stays through a stop and start.
   *
   * @returns what takes it back
   */
  async fault(instanceId: string, fault: GuestFault): Promise<TakeBack> {
    return (await this.#world.guest(instanceId)).fault(fault);
  }

  /**
   * Has each of two guests answer on the other's address, with its own host keys, accounts and security groups. The API
   * shows the instances as before, and connections that are open stay with the guest that they were made to. Doing it
   * again undoes it, and so does another start from `stateDir`.
   */
  async swapAddresses(instanceId: string, other: string): Promise<void> {
    const [one, two] = await Promise.all([this.#world.guest(instanceId), this.#world.guest(other)]);
    const resume = await Promise.all([one, two].map((guest) => guest.fault({ kind: "refused" })));
    [one.address, two.address] = [two.address, one.address];
    await Promise.all(resume.map((takeBack) => takeBack()));
  }

  /** Gives a guest new host keys, as a new installation would. Everything else in it stays. */
  async replaceHostKeys(instanceId: string): Promise<void> {
    await (await this.#world.guest(instanceId)).replaceHostKeys();
  }
}
