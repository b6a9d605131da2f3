/** A pair that removes itself from a machine and loses the answer. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { resources } from "../../provider/resources";
import { describeSshd } from "../emulator/guest_kinds";
import { putProgram } from "../guest_conditions";
import { accepts, keyLabels, md5Of, newPair, opened } from "./machines_with_keys";
import { closeClouds, startCloud } from "./world";

const { Instance, SshKeyPair } = resources;

afterEach(closeClouds);

/** The connection ends when the user's file has been replaced, before the answer is sent. */
const cut = `#!/bin/sh
/bin/mv "$@" || exit
case "$(id -un) $*" in "debian "*authorized_keys) sudo -n pkill -u debian sshd;; esac\n`;

describeSshd("on a real sshd", () => {
  test("A key that may be removed already keeps the label with which the next run proves it", async () => {
    const cloud = await startCloud({ guests: "sshd", zones: ["ch-gva-2"] });
    cloud.emulator.cloud.openSsh();
    const [ops, alice] = [await newPair(cloud.run(), {}, "ops"), await newPair(cloud.run())];
    const web = await cloud.run().create(Instance, opened(ops, alice));
    const guest = await cloud.emulator.cloud.guest(web.state.instanceId);
    await putProgram(guest, "mv", cut);
    await expect(cloud.run().delete(SshKeyPair, alice)).rejects.toThrow("Whether these were changed is not known");
    expect(keyLabels(cloud.emulator)).toContain(`closed.${md5Of(alice)}`);
    await rm(join(guest.root, "bin/mv"));
    await cloud.run().delete(SshKeyPair, alice);
    expect([await accepts(cloud, web, alice), cloud.keys()]).toEqual(["debian no, root no", [ops.id]]);
  });
});
