import { declare, type Front } from "./fronts";
import { logIn } from "./login";
import { useStack } from "./use_stack";

/** A machine whose keys changed while it ran, in a stack that moves. The stack still knows its keys after the move. */

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ operationMs: 0, perTest: true });

const shop = (front: Front, issued: string) => async () => {
  const deploy = declare(front, "SshKeyPair", "deploy", { triggers: [issued], onDelete: "revoke" });
  const { name, publicKeyOpenssh, privateKeyOpenssh } = deploy;
  const rules = [{ protocol: "tcp", startPort: 22, endPort: 22, network: "0.0.0.0/0" }];
  const ssh = declare(front, "SecurityGroup", "ssh", { rules });
  const web = declare(front, "Instance", "web", {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    sshKeys: [{ name, publicKeyOpenssh }],
    securityGroups: [ssh.id],
    connection: { privateKey: privateKeyOpenssh },
    waitForSsh: true,
  });
  return { sshCommand: web["sshCommand"], knownHosts: web["knownHosts"], privateKey: privateKeyOpenssh, id: web.id };
};

/** The user of a login; undefined if it is refused. */
const user = (outputs: Record<string, unknown>) =>
  logIn({ ...outputs, privateKey: outputs["privateKey"], sshCommand: outputs["sshCommand"] }, "whoami");

test.each([
  ["dynamic", "plugin"],
  ["plugin", "dynamic"],
] as const)("a pair that was rotated through %s is rotated on the same machine through %s", async (from, to) => {
  const first = await stack.up(shop(from, "first"));
  const second = await stack.up(shop(from, "second"));
  expect(await stack.up(shop(to, "second"))).toEqual(second);
  const third = await stack.up(shop(to, "third"));
  expect(third["id"]).toBe(first["id"]);
  expect([await user(first), await user(second), await user(third)]).toEqual([undefined, undefined, "debian"]);
  await stack.destroy();
  expect(emulator.cloud.keys).toEqual([]);
});
