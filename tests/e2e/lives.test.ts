import { allowSsh } from "pulumi-exoscale-ssh";
import { bob, alice as imported } from "../resources/known_keys";
import { declare, type Front } from "./fronts";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

/** What a test wants of the resources beyond the default. */
interface Shop {
  /** Another one is another key. */
  readonly issue?: string;
  readonly comment?: string;
  readonly networks?: readonly string[];
  readonly team?: string;
  readonly options?: readonly string[];
}

/** The names of what is in the state. */
const everything = ["alice", "bob", "carol", "ops", "ssh", "web"];

describe.each<Front>(["dynamic", "plugin"])("Each resource, declared through the %s front,", (front) => {
  const { emulator, stack } = useStack({ hostKeys: ["ed25519"] });

  /** A machine with two generated keys and one that is added to its file, and a key that somebody brought along. */
  const shop =
    ({ issue = "1", comment = "laptop", networks = ["0.0.0.0/0"], team = "shop", options = [] }: Shop = {}) =>
    async () => {
      const pair = (name: string, args: object) => declare(front, "SshKeyPair", name, args);
      const [ops, alice] = [pair("ops", {}), pair("alice", { triggers: [issue], comment, onDelete: "revoke" })];
      pair("carol", { publicKey: imported.line });
      const ssh = declare(front, "SecurityGroup", "ssh", { rules: allowSsh(...networks) });
      const privateKey = ops["privateKeyOpenssh"];
      const web = declare(front, "Instance", "web", {
        ...machine,
        sshKeys: [ops, alice].map(({ name, publicKeyOpenssh }) => ({ name, publicKeyOpenssh })),
        securityGroups: [ssh.id],
        labels: { team },
        waitForSsh: true,
        connection: { privateKey },
      });
      const connection = { user: "debian", host: web["publicIp"], privateKey, hostKey: web["hostKey"] };
      declare(front, "AuthorizedKey", "bob", { connection, publicKey: bob.line, options });
      const { sshCommand, knownHosts } = web;
      return { id: web.id, group: ssh.id, sshCommand, knownHosts, privateKey: alice["privateKeyOpenssh"] };
    };

  const instance = () => emulator.cloud.instances()[0];
  const guest = async () => await emulator.cloud.guest(String(instance()?.["id"]));
  const user = ({ privateKey, sshCommand, knownHosts }: Record<string, unknown>) =>
    logIn({ privateKey, sshCommand, knownHosts }, "id -un");

  let first: Record<string, unknown>;
  const changed = { comment: "desk", networks: ["0.0.0.0/0", "::/0"], team: "ops", options: ["no-pty"] };

  test("is made, opens its machine, and has nothing to change in a second preview", async () => {
    first = await stack.up(shop());
    expect(await user(first)).toBe("debian");
    expect(await (await guest()).authorizedKeys()).toContain(bob.line);
    expect(emulator.cloud.keys.map(({ fingerprint }) => fingerprint)).toContain(imported.md5);
    expect(await stack.preview(shop())).toEqual({ same: 7 });
  });

  test("is changed in place", async () => {
    const outputs = await stack.up(shop(changed));
    expect(outputs).toMatchObject({ id: first["id"], group: first["group"], privateKey: expect.any(String) });
    expect(instance()).toMatchObject({ labels: { team: "ops" } });
    expect(await (await guest()).authorizedKeys()).toContain(`no-pty ${bob.line}`);
    expect(stack.state()["ssh"]?.outputs["rules"]).toHaveLength(2);
  });

  test("shows at refresh what somebody changed, and is brought back", async () => {
    emulator.cloud.renameInstance(stack.instanceId("web"), "somebody-was-here");
    emulator.cloud.openSsh(String(stack.state()["ssh"]?.outputs["name"]));
    const keys = await (await guest()).authorizedKeys();
    await (await guest()).writeAuthorizedKeys(keys.replace("no-pty", "restrict"));
    await stack.refresh();
    const { bob: key, ssh, web } = stack.state();
    expect(web?.outputs["name"]).toBe("somebody-was-here");
    expect([ssh?.outputs["rules"], key?.outputs["options"]]).toMatchObject([{ length: 3 }, ["restrict"]]);
    expect(await stack.up(shop(changed))).toMatchObject({ id: first["id"] });
    expect(await (await guest()).authorizedKeys()).toContain(`no-pty ${bob.line}`);
  });

  test("stays where it is when a key is rotated, whose old half opens nothing", async () => {
    const second = await stack.up(shop({ ...changed, issue: "2" }));
    expect(second).toMatchObject({ id: first["id"], group: first["group"] });
    expect([await user(second), await user(first)]).toEqual(["debian", undefined]);
    expect(Object.keys(stack.state()).sort()).toEqual(everything);
  });

  test("is gone after destroy", async () => {
    await stack.destroy();
    expect(stack.state()).toEqual({});
    expect([emulator.cloud.instances(), emulator.cloud.keys]).toEqual([[], []]);
  });
});
