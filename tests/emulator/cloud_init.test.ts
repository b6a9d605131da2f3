/** Host keys from user data, and those that a guest generates. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { runAsRoot } from "../guest_conditions";
import { describeGuests } from "./guest_kinds";
import { start, useKeyRing } from "./world";

const ring = useKeyRing();
let given: { private: string; public: string };

beforeEach(async () => {
  const line = await ring.generate("host");
  given = { private: await readFile(ring.file("host"), "utf8"), public: line.split(" ").slice(0, 2).join(" ") };
});

describeGuests((guests) => {
  async function guestWith(userData: string | Buffer) {
    const { emulator, client } = await start({ guests });
    emulator.cloud.openSsh();
    const { id, ip } = await client.create({ "user-data": Buffer.from(userData).toString("base64") });
    const shown = () => ring.scan({ ip, port: emulator.environment.EXOSCALE_SSH_PORT });
    return { emulator, client, id, shown, guest: () => emulator.cloud.guest(id) };
  }

  const block = () => given.private.trim().replaceAll("\n", "\n    ");
  const config = () =>
    `#cloud-config\nssh_keys:\n  ed25519_private: |\n    ${block()}\n  ed25519_public: ${given.public}\n`;
  const mime = (encoding: string, text: string) =>
    [
      'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh',
      `--b\nContent-Type: text/cloud-config\nContent-Transfer-Encoding: ${encoding}\n\n${text}`,
      "--b--\n",
    ].join("\n");

  test.each([
    ["a cloud-config", () => config()],
    ["a part of a message", () => mime("7bit", config())],
    ["a part in base64", () => mime("base64", Buffer.from(config()).toString("base64"))],
    ["gzip of a cloud-config", () => gzipSync(config())],
  ])("shows the host key of %s, and no other", async (_what, userData) => {
    const { shown, guest } = await guestWith(userData());
    expect(await shown()).toEqual([given.public]);
    expect((await guest()).hostKeys).toEqual([given.public]);
  });

  test.each(["#!/bin/sh\n# ssh_keys:\n", "#cloud-config\nssh_keys: nonsense\n", "#cloud-config\n: [\n"])(
    "generates a host key when user data has none (%j)",
    async (userData) => {
      const { shown, guest } = await guestWith(userData);
      expect(await shown()).toEqual([...(await guest()).hostKeys].sort());
    },
  );

  test("shows new keys in its files after a reload of its sshd", async () => {
    const { shown, guest } = await guestWith(config());
    const directory = '"$GUEST_ROOT"/etc/ssh';
    const make = `cd ${directory}; rm ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key; cat *.pub`;
    const made = (await runAsRoot(await guest(), make)).split(" ").slice(0, 2).join(" ");
    expect(await shown()).toEqual([given.public]);
    await runAsRoot(await guest(), "systemctl reload ssh");
    expect([await shown(), (await guest()).hostKeys]).toEqual([[made], [made]]);
  });

  test("shows new keys in its files after a stop and start", async () => {
    const { client, id, shown, guest } = await guestWith(config());
    const make = `cd "$GUEST_ROOT"/etc/ssh; rm ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key`;
    await runAsRoot(await guest(), make);
    await client.settle("PUT", `/instance/${id}:stop`);
    await client.settle("PUT", `/instance/${id}:start`);
    expect(await shown()).not.toEqual([given.public]);
    expect(await shown()).toEqual((await guest()).hostKeys);
  });
});
