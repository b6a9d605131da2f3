/** Replaced hosts: another guest on the same address, or new host keys. */
import { chmod } from "node:fs/promises";
import { firstWords } from "./asking";
import { describeGuests } from "./guest_kinds";
import { lastingPorts, start, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  /** Two instances: web with the key "alice", and db with the key "bob". */
  async function world() {
    const { emulator, client } = await start({ guests, hostKeys: ["ed25519"] });
    emulator.cloud.openSsh();
    const port = emulator.environment.EXOSCALE_SSH_PORT;
    const made = async (name: string, key: string) => {
      await client.register(key, await ring.generate(key));
      const { id, ip } = await client.create({ name, "ssh-keys": [{ name: key }] });
      return { id, ip, port };
    };
    return { emulator, client, web: await made("web", "alice"), db: await made("db", "bob") };
  }

  test("swaps the addresses of two guests, which keep their own keys", async () => {
    const { emulator, client, web, db } = await world();
    await emulator.guests.swapAddresses(web.id, db.id);
    expect((await ring.ssh(web, "bob", "hostname")).stdout).toBe("db\n");
    expect((await ring.ssh(db, "alice", "hostname")).stdout).toBe("web\n");
    expect((await client.get(`/instance/${web.id}`))["public-ip"]).toBe(web.ip);
  });

  test("fails the host key check of a client after a swap of addresses", async () => {
    const { emulator, web, db } = await world();
    await ring.ssh(web, "alice", "true");
    await emulator.guests.swapAddresses(web.id, db.id);
    expect((await ring.ssh(web, "alice", "true")).stderr).toContain("Host key verification failed");
    await emulator.guests.swapAddresses(web.id, db.id);
    expect((await ring.ssh(web, "alice", "hostname")).stdout).toBe("web\n");
  });

  test("keeps the other address after a stop and start", async () => {
    const { emulator, client, web, db } = await world();
    await emulator.guests.swapAddresses(web.id, db.id);
    await client.settle("PUT", `/instance/${web.id}:stop`);
    expect(await firstWords(db)).toBe("ECONNREFUSED");
    await client.settle("PUT", `/instance/${web.id}:start`);
    expect((await ring.ssh(db, "alice", "hostname")).stdout).toBe("web\n");
  });

  test("shows other host keys after a new installation, and keeps its authorized keys", async () => {
    const { emulator, web } = await world();
    const before = await emulator.cloud.guest(web.id);
    const old = before.hostKey;
    await ring.ssh(web, "alice", "true");
    await emulator.guests.replaceHostKeys(web.id);
    const { hostKey } = await emulator.cloud.guest(web.id);
    expect(hostKey).not.toBe(old);
    expect(await ring.scan(web)).toEqual([hostKey]);
    expect((await ring.ssh(web, "alice", "true")).stderr).toContain("Host key verification failed");
    expect(await before.authorizedKeys()).toMatch(/^ssh-ed25519 /);
  });

  test("keeps its new host keys for the next start from the same directory", async () => {
    // Guests of a root process are other users, who must be able to pass this directory.
    await chmod(ring.directory, 0o711);
    const first = await start({ guests, stateDir: ring.file("state"), ...(await lastingPorts()) });
    const { id } = await first.client.create();
    await first.emulator.guests.replaceHostKeys(id);
    const { hostKeys } = await first.emulator.cloud.guest(id);
    await first.emulator.close();
    const second = await start({ guests, stateDir: ring.file("state") });
    expect((await second.emulator.cloud.guest(id)).hostKeys).toEqual(hostKeys);
  });
});
