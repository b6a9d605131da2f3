/** Who can log in to the members of an instance pool. */
import { describeGuests } from "./guest_kinds";
import { start, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  /** A pool of one member, made with the key "alice", and the key "bob" that nobody has. */
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
    /** Which of the two keys open the member that was made last. */
    const openedBy = async () => {
      const target = (await members()).at(-1);
      if (!target) return "no member";
      // A member that was made in place of another boots on its own time.
      while ((await client.get(`/instance/${target.id}`)).state !== "running");
      const codes = [await ring.ssh(target, "alice", "true"), await ring.ssh(target, "bob", "true")];
      return ["alice", "bob"].filter((_, index) => codes[index]?.code === 0).join();
    };
    return { emulator, client, id, members, openedBy };
  }

  const to = (...names: string[]) => ({ "ssh-keys": names.map((name) => ({ name })) });

  test("keeps the members that it has as they are when its keys change", async () => {
    const { client, id, openedBy } = await world();
    expect(await openedBy()).toBe("alice");
    await client.settle("PUT", `/instance-pool/${id}`, to("bob"));
    expect(await openedBy()).toBe("alice");
  });

  test("makes a member in place of a deleted one with the keys that it has now", async () => {
    const { client, id, members, openedBy } = await world();
    await client.settle("PUT", `/instance-pool/${id}`, to("bob"));
    const [member] = await members();
    await client.settle("DELETE", `/instance/${member?.id}`);
    expect((await members()).map((each) => each.id)).not.toContain(member?.id);
    expect(await openedBy()).toBe("bob");
  });

  test("makes new members when it grows with the keys that it has now", async () => {
    const { client, id, openedBy } = await world();
    await client.settle("PUT", `/instance-pool/${id}`, to("alice", "bob"));
    await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 2 });
    expect(await openedBy()).toBe("alice,bob");
  });

  test("gives nobody a key that is gone from the account, though it still has the name", async () => {
    const { client, id, openedBy } = await world();
    await client.settle("DELETE", "/ssh-key/alice");
    await client.settle("PUT", `/instance-pool/${id}:scale`, { size: 2 });
    expect(await openedBy()).toBe("");
  });
});
