import type { HostKey } from "../../../provider/ssh/connection/host_key";
import { renewHostKeys } from "../../../provider/ssh/host_keys_on_host/renew";
import type { Emulator, GuestHand } from "../../emulated";
import { firstWords } from "../../emulator/asking";
import { describeGuests, describeSshd, type Kind } from "../../emulator/guest_kinds";
import { closeAll, start } from "../../emulator/world";
import { putProgram, refuseSudo, runAsRoot } from "../../guest_conditions";
import { makeKey, type TestKey } from "../test_keys";

afterEach(closeAll);

let emulator: Emulator;
let guest: GuestHand;
let id: string;
let key: TestKey;

/** Boots a guest on which one key opens debian. */
async function boot(guests: Kind, hostKeys: readonly ("ed25519" | "ecdsa" | "rsa")[] = ["ed25519"]): Promise<void> {
  const started = await start({ guests, hostKeys });
  emulator = started.emulator;
  emulator.cloud.openSsh();
  key = makeKey();
  await started.client.register("admin", key.publicKey);
  ({ id } = await started.client.create({ name: "web", "ssh-keys": [{ name: "admin" }] }));
  guest = await emulator.cloud.guest(id);
}

const access = (port = guest.port) => ({
  target: { host: guest.address, port, user: guest.user },
  credentials: [key],
});

const announced: HostKey[] = [];
beforeEach(() => announced.splice(0));

const renew = (more: object = {}, port?: number) =>
  renewHostKeys(access(port), {
    old: guest.hostKey,
    announced: [],
    announce: async (next) => void announced.push(next),
    loginMs: 0,
    ...more,
  });

const shown = async () => (await emulator.cloud.guest(id)).hostKeys;
const listed = () => runAsRoot(guest, `ls -lA "$GUEST_ROOT"/etc/ssh | awk '{ print $1, $NF }' | grep key`);
const filesOf = (...kinds: string[]) =>
  kinds.flatMap((kind) => [`-rw------- ssh_host_${kind}_key`, `-rw-r--r-- ssh_host_${kind}_key.pub`]).join("\n");

describeGuests((guests) => {
  test("A host generates its own key, shows it, and leaves nothing else behind", async () => {
    await boot(guests);
    const next = await renew();
    expect(await shown()).toEqual([`${next.type} ${next.base64}`]);
    expect(next.base64).not.toBe(guest.hostKey.split(" ")[1]);
    expect((await listed()).trim()).toBe(filesOf("ed25519"));
  });

  test("The key is announced before the host shows it", async () => {
    await boot(guests);
    const announce = async (next: HostKey) => {
      announced.push(next);
      expect(await shown()).toEqual(guest.hostKeys);
    };
    expect(await renew({ announce })).toEqual(announced[0]);
  });

  test("A host gets new keys of every kind that it has", async () => {
    await boot(guests, ["ed25519", "ecdsa", "rsa"]);
    await renew();
    const now = await shown();
    expect(now.map((each) => each.split(" ")[0])).toEqual(guest.hostKeys.map((each) => each.split(" ")[0]));
    expect(now.filter((each) => guest.hostKeys.includes(each))).toEqual([]);
  });

  test("A run that dies with the announcement changes nothing, and a repeat completes it", async () => {
    await boot(guests);
    const dies = async () => {
      throw new Error("killed");
    };
    await expect(renew({ announce: dies })).rejects.toThrow("killed");
    expect(await shown()).toEqual(guest.hostKeys);
    const next = await renew();
    expect(await shown()).toEqual([`${next.type} ${next.base64}`]);
  });

  test("A host that shows an announced key is done", async () => {
    await boot(guests);
    const next = await renew();
    const { fingerprintSha256 } = next;
    expect(await renew({ announced: [fingerprintSha256] })).toEqual(next);
    expect(announced).toHaveLength(1);
  });

  test("sshd reads the keys that an interrupted run left in the files", async () => {
    await boot(guests);
    const make = `cd "$GUEST_ROOT"/etc/ssh; rm ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key; cat *.pub`;
    const left = (await runAsRoot(guest, make)).split(" ")[1];
    expect(await shown()).toEqual(guest.hostKeys);
    expect((await renew()).base64).toBe(left);
  });

  test("Nothing is sent to another host than the known one", async () => {
    await boot(guests);
    await emulator.guests.replaceHostKeys(id);
    await expect(renew()).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
    expect(announced).toEqual([]);
  });

  test("An sshd that cannot be reloaded gets its old keys back, and the error says so", async () => {
    await boot(guests);
    const before = await runAsRoot(guest, `cat "$GUEST_ROOT"/etc/ssh/ssh_host_*`);
    for (const name of ["systemctl", "service"]) await putProgram(guest, name, "#!/bin/sh\nexit 1\n");
    await expect(renew({ settleMs: 0 })).rejects.toThrow(/does not show the new host key, and the old one is back/);
    expect(await runAsRoot(guest, `cat "$GUEST_ROOT"/etc/ssh/ssh_host_*`)).toBe(before);
    expect((await listed()).trim()).toBe(filesOf("ed25519"));
  });

  test("A user who may not use sudo leaves everything as it is", async () => {
    await boot(guests);
    await refuseSudo(guest);
    await expect(renew()).rejects.toMatchObject({ code: "SSH_HOST_KEY_NOT_PINNED" });
    expect(await shown()).toEqual(guest.hostKeys);
  });
});

describeSshd("With an sshd that listens in the guest itself", () => {
  test("On a host without a service manager, sshd is reloaded by its process id", async () => {
    await boot("sshd", ["ed25519", "ecdsa"]);
    await putProgram(guest, "systemctl", "#!/bin/sh\nexit 1\n");
    await putProgram(guest, "service", "#!/bin/sh\nexit 1\n");
    const port = guest.port + 1;
    await runAsRoot(guest, `"$(command -v sshd)" -p ${port} -o ListenAddress=${guest.address}`);
    // The daemon is in the background before it listens.
    while ((await firstWords({ ip: guest.address, port: String(port) })) === "ECONNREFUSED");
    const next = await renew({}, port);
    expect(next).toEqual(announced[0]);
    expect(`${next.type} ${next.base64}`).not.toBe(guest.hostKey);
  });
});
