/** A behaviour that a client relies on: for an instance without a key, the CLI makes one, deletes it, and logs in. */
import { describeGuests } from "../guest_kinds";
import { closeAll, KeyRing, start } from "../world";

let ring: KeyRing;

beforeEach(async () => {
  ring = await KeyRing.make();
});

afterEach(async () => {
  await closeAll();
  await ring.remove();
});

describeGuests((guests) => {
  test("a key deleted from the account still opens the instance that was created with it", async () => {
    const { emulator, client } = await start({ guests });
    emulator.cloud.openSsh();
    await client.register("alice", await ring.generate("alice"));
    const { ip } = await client.create({ "ssh-keys": [{ name: "alice" }] });

    expect((await client.send("DELETE", "/ssh-key/alice")).body.state).toBe("success");

    const login = await ring.ssh({ ip, port: emulator.environment.EXOSCALE_SSH_PORT }, "alice", "echo in as $(id -un)");
    expect(login).toMatchObject({ code: 0, stdout: "in as debian\n" });
  });
});
