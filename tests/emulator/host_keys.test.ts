import { describeGuests } from "./guest_kinds";
import { start, useKeyRing } from "./world";

const ring = useKeyRing();

describeGuests((guests) => {
  test("shows the OpenSSH client a host key of each kind", async () => {
    const { emulator, client } = await start({ guests, hostKeys: ["ed25519", "ecdsa", "rsa"] });
    emulator.cloud.openSsh();
    const { id, ip } = await client.create();
    const { hostKeys } = await emulator.cloud.guest(id);
    expect(await ring.scan({ ip, port: emulator.environment.EXOSCALE_SSH_PORT })).toEqual([...hostKeys].sort());
    expect(hostKeys.map((key) => key.split(" ")[0])).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"]);
  });

  test.each(["ed25519", "ecdsa", "rsa"] as const)("has no other host key than %s when told so", async (kind) => {
    const { emulator, client } = await start({ guests, hostKeys: [kind] });
    emulator.cloud.openSsh();
    const { id, ip } = await client.create();
    const { hostKey } = await emulator.cloud.guest(id);
    expect(await ring.scan({ ip, port: emulator.environment.EXOSCALE_SSH_PORT })).toEqual([hostKey]);
  });

  test(guests === "sshd" ? "makes all three kinds by itself" : "makes only the cheapest kind by itself", async () => {
    const { emulator, client } = await start({ guests });
    const { id } = await client.create();
    expect((await emulator.cloud.guest(id)).hostKeys).toHaveLength(guests === "sshd" ? 3 : 1);
  });
});
