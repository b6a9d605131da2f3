/** A key that may log in and is not registered any more leaves the machine that has it, as any other key does. */
import { resources } from "../../provider/resources";
import { getKeyHolders } from "../../provider/resources/functions/get_key_holders";
import { describeGuests } from "../emulator/guest_kinds";
import { shortRsaKey, type TestKey } from "../ssh/test_keys";
import { machine } from "./known_machine";
import { accepts, type Machine, newPair, type Pair, reference } from "./machines_with_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;

afterEach(closeClouds);

describeGuests((guests) => {
  let cloud: TestCloud;
  let short: TestKey;
  let pair: Pair;
  beforeEach(async () => {
    cloud = await startCloud({ guests, settings: { smallestRsa: 1024 } });
    cloud.emulator.cloud.openSsh();
    short = shortRsaKey(1024);
    await cloud.run().account.sshKeys.register("old", short.publicKey, "");
    pair = await newPair(cloud.run());
  });

  /** The answers of the machine to the short key and to the pair, after the pair took its place. */
  async function answersAfterRotation(waitForSsh: boolean): Promise<string[]> {
    const program = { ...machine, waitForSsh, connection: { privateKey: short.privateKey } };
    const web = await cloud.run().create(Instance, { ...program, sshKeys: [{ name: "old" }] });
    await waitForSshd(web);
    const run = cloud.run();
    await run.update(Instance, web, { ...program, sshKeys: [reference(pair)] });
    expect(run.warnings).toEqual([]);
    const old = { state: { publicKeyOpenssh: short.publicKey } } as Pair;
    return [await accepts(cloud, web, old), await accepts(cloud, web, pair)];
  }

  async function waitForSshd({ state: { publicIp } }: Machine): Promise<void> {
    const { account } = cloud.run();
    const target = { host: String(publicIp), port: account.sshPort, user: "debian" };
    await account.ssh.waitForSsh(target, { timeoutMs: 20_000 });
  }

  test.each([
    ["known", true],
    ["not known yet", false],
  ])("A pair takes the place of an RSA key of 1024 bits on a machine whose host key is %s", async (_, waits) => {
    expect(await answersAfterRotation(waits)).toEqual(["debian no, root no", "debian yes, root no"]);
  });

  test("The holders of an RSA key of 1024 bits are found by its public key", async () => {
    await cloud.run().create(Instance, { ...machine, sshKeys: [{ name: "old" }] });
    const asked = getKeyHolders.inputs.parse({ publicKeyOpenssh: short.publicKey });
    expect((await getKeyHolders.answer(asked, cloud.run().account)).holders).toMatchObject([{ name: "web" }]);
  });
});
