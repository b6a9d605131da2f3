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

  test.each(["ed25519", "ecdsa", "rsa"] as const)("has only a host key of kind %s when told so", async (kind) => {
    const { emulator, client } = await start({ guests, hostKeys: [kind] });
    emulator.cloud.openSsh();
    const { id, ip } = await client.create();
    const { hostKey } = await emulator.cloud.guest(id);
    expect(await ring.scan({ ip, port: emulator.environment.EXOSCALE_SSH_PORT })).toEqual([hostKey]);
  });

  test(
    guests === "sshd" ? "generates all three kinds by default" : "generates only the fastest kind by default",
    async () => {
      const { emulator, client } = await start({ guests });
      const { id } = await client.create();
      expect((await emulator.cloud.guest(id)).hostKeys).toHaveLength(guests === "sshd" ? 3 : 1);
    },
  );
});
