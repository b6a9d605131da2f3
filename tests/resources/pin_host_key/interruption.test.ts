import { resources } from "../../../provider/resources";
import { describeGuests } from "../../emulator/guest_kinds";
import { putProgram, refuseSudo } from "../../guest_conditions";
import { newPair, type Pair, reference } from "../machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "../world";
import { pinned, shownBy, userDataOf, Wire } from "./pinned_machine";

const { Instance } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let wire: Wire;
  let pair: Pair;
  beforeEach(async () => {
    wire = new Wire();
    cloud = await startCloud({ guests, exchange: wire.observe });
    cloud.emulator.cloud.openSsh();
    pair = await newPair(cloud.run());
  });

  const userData = "#!/bin/sh\n";
  const news = (more = {}) => pinned(pair, { userData, ...more });

  /** Refuses the request that changes the instance for the `nth` time: 1 is the label, 2 is the end of the creation. */
  const refuseChange = (nth: number) => {
    const path = /^\/instance\/[0-9a-f-]+$/;
    if (nth > 1) cloud.emulator.faults.add({ kind: "delay", ms: 0, method: "PUT", path, times: nth - 1 });
    cloud.emulator.faults.add({ kind: "status", status: 403, method: "PUT", path });
  };

  const expectDone = async (state: { readonly hostKeys?: readonly string[] | undefined }) => {
    expect(state.hostKeys).toEqual(await shownBy(cloud));
    expect(userDataOf(cloud)).toBe(userData);
  };

  describe.each([
    ["before the host has its own key", 1],
    ["after the host has its own key, before the user data is replaced", 2],
  ])("A run that ends %s", (_when, nth) => {
    test("leaves a machine that the next run takes over, by the key in its user data", async () => {
      refuseChange(nth);
      await cloud.run().createInPart(Instance, news());
      const run = cloud.run();
      const { state } = await run.create(Instance, news());
      expect(run.notes[0]).toMatch(/was left behind by an interrupted run: continuing with it\.$/);
      await expectDone(state);
    });

    test("leaves a state with which the next update continues", async () => {
      refuseChange(nth);
      const last = await cloud.run().createInPart(Instance, news());
      expect(JSON.stringify(last)).not.toMatch(new RegExp([...wire.keys].join("|").replaceAll("+", "\\+")));
      const { state } = await cloud.run().update(Instance, last, news());
      await expectDone(state);
      expect(state).not.toHaveProperty("unfinished");
    });

    test("shows no change of user data meanwhile, and no key", async () => {
      refuseChange(nth);
      const last = await cloud.run().createInPart(Instance, news());
      const found = await cloud.run().found(Instance, last);
      expect(found.inputs.userData).toBe(userData);
      expect(await cloud.run().diff(Instance, found, news())).toMatchObject({ changes: [], drifted: true });
    });

    test("is finished before the machine's keys change", async () => {
      refuseChange(nth);
      const last = await cloud.run().createInPart(Instance, news());
      const other = await newPair(cloud.run(), {}, "bob");
      const sshKeys = [pair, other].map(reference);
      const { state } = await cloud.run().update(Instance, last, news({ sshKeys }));
      expect(state.heldKeys.map(({ origin }) => origin)).toEqual(["boot", "ssh"]);
      await expectDone(state);
    });
  });

  test.each([{ userData }, { userData: undefined }])(
    "A run that is killed after the last step leaves a machine that the next run takes over, by its label (%p)",
    async (more) => {
      const lost = await cloud.run().create(Instance, news(more));
      const run = cloud.run();
      const { state } = await run.create(Instance, news(more));
      expect(run.notes[0]).toMatch(/was left behind by an interrupted run: continuing with it\.$/);
      expect(state).toMatchObject({ instanceId: lost.state.instanceId, hostKeys: lost.state.hostKeys });
      expect(state).not.toHaveProperty("unfinished");
    },
  );

  /** Creates an instance, and does something to the machine before the first connection. */
  async function createDisturbed(disturb: (id: string) => Promise<void>) {
    cloud = await startCloud({ guests, exchange: wire.observe });
    pair = await newPair(cloud.run());
    const running = wire.running("web");
    const creation = cloud.run().createInPart(Instance, news());
    await running;
    await disturb(String(cloud.instance()["id"]));
    cloud.emulator.cloud.openSsh();
    return await creation;
  }

  const createWithoutSudo = () => createDisturbed(async (id) => refuseSudo(await cloud.emulator.cloud.guest(id)));

  test("A user who may not use sudo is named, and nothing is trusted", async () => {
    const last = await createWithoutSudo();
    expect(last.message).toContain("debian cannot become root there: sudo: a password is required");
    expect(last.state).not.toHaveProperty("hostKeys");
  });

  test("Without pinHostKey the next update ends the creation, and warns of the key that stays", async () => {
    const last = await createWithoutSudo();
    const run = cloud.run();
    const { state } = await run.update(Instance, last, news({ pinHostKey: false, waitForSsh: true }));
    expect(run.warnings).toEqual([
      expect.stringContaining("keeps the host key that was generated for its first connection"),
    ]);
    await expectDone(state);
  });

  test("Without pinHostKey, a host key that was recorded and never shown is no obstacle", async () => {
    const breakReload = async (id: string) => {
      const guest = await cloud.emulator.cloud.guest(id);
      for (const name of ["systemctl", "service"]) await putProgram(guest, name, "#!/bin/sh\nexit 1\n");
    };
    const last = await createDisturbed(breakReload);
    expect(last.message).toContain("its sshd does not show the new host key, and the old one is back");
    const other = await newPair(cloud.run(), {}, "bob");
    const sshKeys = [pair, other].map(reference);
    await expectDone((await cloud.run().update(Instance, last, news({ pinHostKey: false, sshKeys }))).state);
  });

  test("If the key vanishes from the user data meanwhile, no other host key is trusted", async () => {
    refuseChange(1);
    const last = await cloud.run().createInPart(Instance, news());
    const zone = await cloud.run().account.zone("ch-gva-2");
    await zone.instances.update(last.state.instanceId, { "user-data": "IyE=" }, Date.now() + 10_000);
    await expect(cloud.run().update(Instance, last, news())).rejects.toMatchObject({ code: "SSH_HOST_KEY_NOT_PINNED" });
  });

  test("A stop before the host key is pinned is an error that says why the machine has to run", async () => {
    refuseChange(1);
    const last = await cloud.run().createInPart(Instance, news());
    await expect(cloud.run().update(Instance, last, news({ state: "stopped" }))).rejects.toThrow(
      /is stopped, and it has to run until its host key is pinned/,
    );
  });
});
