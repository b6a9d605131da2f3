/** Who can log in to the members of an instance pool. */
import { describeGuests } from "./guest_kinds";
import { start, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  /** A pool of one member, created with the key "alice", and a registered key "bob". */
  async function world() {
    const { emulator, client } = await start({ guests, hostKeys: ["ed25519"] });
    emulator.cloud.openSsh();
    for (const name of ["alice", "bob"]) await client.register(name, await ring.generate(name));
    const order = await client.order({ name: "workers", size: 1, "ssh-keys": [{ name: "alice" }] });
    const { id } = (await client.settle("POST", "/instance-pool", order)).reference;
    const port = emulator.environment.EXOSCALE_SSH_PORT;
    const members = async (): Promise<{ id: string; ip: string; port: string }[]> => {
      const { instances } = await client.get(`/instance?manager-id=${id}`);
      return instances.map((member: Record<string, string>) => ({ id: member["id"], ip: member["public-ip"], port }));
    };
    /** Which of the two keys open the newest member. */
    const openedBy = async () => {
      const target = (await members()).at(-1);
      if (!target) return "no member";
      // No operation tells when a replaced member has booted.
      while ((await client.get(`/instance/${target.id}`)).state !== "running");
      const codes = [await ring.ssh(target, "alice", "true"), await ring.ssh(target, "bob", "true")];
      return ["alice", "bob"].filter((_, index) => codes[index]?.code === 0).join();
    };
    return { emulator, client, id, members, openedBy };
  }

  const to = (...names: string[]) => ({ "ssh-keys": names.map((name) => ({ name })) });

  test("leaves its members unchanged when its keys change", async () => {
    const { client, id, openedBy } = await world();
    expect(await openedBy()).toBe("alice");
    await client.settle("PUT", `/instance-pool/${id}`, to("bob"));
    expect(await openedBy()).toBe("alice");
  });

  test("replaces a deleted member by one with its present keys", async () => {
    const { client, id, members, openedBy } = await world();
    await client.settle("PUT", `/instance-pool/${id}`, to("bob"));
    const [member] = await members();
    await client.settle("DELETE", `/instance/${member?.id}`);
    expect((await members()).map((each) => each.id)).not.toContain(member?.id);
    expect(await openedBy()).toBe("bob");
  });

  test("creates new members with its present keys when it grows", async () => {
    const { client, id, openedBy } = await world();
    await client.settle("PUT", `/instance-pool/${id}`, to("alice", "bob"));
    await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 2 });
    expect(await openedBy()).toBe("alice,bob");
  });

  test("gives no member a key that was deleted from the account, although it still has the name", async () => {
    const { client, id, openedBy } = await world();
    await client.settle("DELETE", "/ssh-key/alice");
    await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 2 });
    expect(await openedBy()).toBe("");
  });
});
