import { gzipSync } from "node:zlib";
import { resources } from "../../../provider/resources";
import { describeGuests } from "../../emulator/guest_kinds";
import { newPair } from "../machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "../world";
import { makePinned, pinned, shownBy, userDataOf, Wire } from "./pinned_machine";

const { Instance } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let wire: Wire;
  beforeEach(async () => {
    wire = new Wire();
    cloud = await startCloud({ guests, exchange: wire.observe });
    cloud.emulator.cloud.openSsh();
  });

  test("A new machine generates its own host key, and that one is remembered", async () => {
    const { web } = await makePinned(cloud);
    expect(web.state.hostKeys).toEqual(await shownBy(cloud));
    expect(web.state.knownHosts).toContain(`${web.state.hostKeys?.[0]}\n`);
    expect(wire.keys.size).toBe(1);
    expect(web.state).not.toHaveProperty("unfinished");
  });

  test("The user data is in the end the program's, or a cloud-config that does nothing", async () => {
    const { web } = await makePinned(cloud);
    expect(userDataOf(cloud)).toBe("#cloud-config\n{}");
    await cloud.run().delete(Instance, web);
    const { web: other } = await makePinned(cloud, { userData: "#cloud-config\npackages: [nginx]\n" });
    expect(userDataOf(cloud)).toBe("#cloud-config\npackages: [nginx]\n");
    expect(other.state.userData).toBe("#cloud-config\npackages: [nginx]\n");
  });

  test.each([
    ["a script", "#!/bin/sh\necho 'hé'\n"],
    ["gzip", gzipSync("#cloud-config\nruncmd: []\n").toString("base64")],
  ])("The injected key reaches the machine beside %s of the program", async (_what, userData) => {
    const { web } = await makePinned(cloud, { userData });
    expect(web.state.hostKeys).toEqual(await shownBy(cloud));
  });

  test("The private half of the injected key is nowhere afterwards", async () => {
    const { run, web } = await makePinned(cloud, { labels: { tier: "web" } });
    const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
    const files = await guest.asRoot(
      `cd ${guests === "sshd" ? "/etc/ssh" : '"$GUEST_ROOT"/etc/ssh'}; cat ssh_host_*; ls -A`,
    );
    const everywhere = JSON.stringify([web, run.notes, run.warnings, cloud.emulator.cloud.instances(), files.stdout]);
    expect([...wire.keys].filter((line) => line.length < 60 || everywhere.includes(line))).toEqual([]);
    expect(files.stdout).not.toContain("exoscale-ssh.host-keys");
  });

  test("A label has the host key, and at the end of the run the mark of the creation is gone", async () => {
    await cloud.finish((await makePinned(cloud)).run);
    const labels = Object.keys(cloud.instance()["labels"] ?? {});
    expect(labels).toContain("exoscale-ssh.hostkey");
    expect(labels).not.toContain("exoscale-ssh.creating");
  });

  test("A refresh afterwards finds no change and no drift", async () => {
    const { pair, web } = await makePinned(cloud, { userData: "#!/bin/sh\n" });
    const found = await cloud.run().found(Instance, web);
    expect(found.state).toEqual(web.state);
    const news = pinned(pair, { userData: "#!/bin/sh\n" });
    expect(await cloud.run().diff(Instance, found, news)).toMatchObject({ changes: [], drifted: false });
  });

  /** Creates an instance, and does something to the machine before the first connection. */
  async function createDisturbed(disturb: (id: string, other: string) => Promise<void>) {
    cloud = await startCloud({ guests, exchange: wire.observe });
    const pair = await newPair(cloud.run());
    const other = await cloud.run().create(Instance, { ...pinned(pair), name: "other", pinHostKey: false });
    const running = wire.running("next");
    const creation = cloud.run().createInPart(Instance, pinned(pair, { name: "next" }));
    await running;
    const ids = cloud.emulator.cloud.instances().map(({ id }) => String(id));
    await disturb(ids.find((id) => id !== other.state.instanceId) ?? "", other.state.instanceId);
    cloud.emulator.cloud.openSsh();
    return await creation;
  }

  test("Another host at the machine's address is not trusted, and the error says why", async () => {
    const { message, state } = await createDisturbed((id, other) => cloud.emulator.guests.swapAddresses(id, other));
    expect(message).toMatch(/does not show the host key that the instance was given: .*expected SHA256:/);
    expect(state).not.toHaveProperty("hostKeys");
  });

  test("A machine that takes no host key from its user data is not trusted either", async () => {
    const { message } = await createDisturbed((id) => cloud.emulator.guests.replaceHostKeys(id));
    expect(message).toContain("If the template takes no host keys from cloud-init, set pinHostKey: false.");
  });
});
