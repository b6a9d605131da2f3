import "./mocks";
import { parsePublicKey } from "../../provider/keys/public_key";
import { changeKeys } from "../../provider/ssh/change_keys/change_keys";
import { endOf, hostCases, keys, withKeys } from "./host_cases";
import { SimulatedHosts } from "./simulated_hosts";
import { inWorld, present } from "./simulated_world";

const address = "192.0.2.10";
const spec = { id: "1", hostname: "web", user: "debian", publicKeys: [], address, admits: () => true };
const hostKeyOf = (bytes: Buffer) => `ssh-ed25519 ${bytes.toString("base64")}`;

test.each(hostCases)("On a simulated machine $name", async ({ after, getsIn, ends, ...given }) => {
  await inWorld(1, async (time) => {
    const machines = new SimulatedHosts();
    present.machines = machines;
    await (await machines.create(spec)).start();
    const host = machines.hosts.get(address);
    if (!host) throw new Error("There is no machine.");
    const { debian, root = "" } = given;
    host.files.set("debian", Buffer.from(withKeys(debian))).set("root", Buffer.from(withKeys(root)));
    const access = {
      target: { host: address, port: 22, user: "debian" },
      credentials: given.logIn.map((name) => keys[name]),
      knownHostKeys: [given.isOtherHost ? keys.carol.publicKey : hostKeyOf(host.hostKey)],
      timeoutMs: 30_000,
    };
    expect(await time.until(endOf(changeKeys(access, { user: "debian", ...given.change })))).toBe(ends);
    const text = (user: string) => host.files.get(user)?.toString();
    expect([text("debian"), text("root")]).toEqual([after?.debian ?? debian, after?.root ?? root].map(withKeys));
    const accepted = Object.entries(keys).filter(([, { publicKey }]) =>
      host.accepts("debian", parsePublicKey(publicKey).fingerprintSha256),
    );
    expect(accepted.map(([name]) => name)).toEqual(getsIn);
  });
});
