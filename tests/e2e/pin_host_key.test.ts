import { Instance, type InstanceArgs, SshKeyPair } from "pulumi-exoscale-ssh";
import { injectedKeyIn } from "../../provider/resources/instance/pin_host_key/injection";
import { machine } from "./known_machine";
import { logIn } from "./login";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({
  exchange: (exchange) => {
    const injected = injectedKeyIn(/"user-data":"([^"]*)"/.exec(exchange.sent)?.[1]);
    if (!injected) return;
    stack.expectHidden(injected.privateKey);
    sent += 1;
  },
});
/** The number of host keys that were sent for the first contact. */
let sent = 0;

const web =
  (args: Partial<InstanceArgs> = {}) =>
  async () => {
    const alice = new SshKeyPair("alice");
    const connection = { privateKey: alice.privateKeyOpenssh };
    const { sshCommand, knownHosts, hostKeys } = new Instance("web", {
      ...machine,
      sshKeys: [alice],
      connection,
      pinHostKey: true,
      ...args,
    });
    return { privateKey: alice.privateKeyOpenssh, sshCommand, knownHosts, hostKeys };
  };

const userData = () => Buffer.from(String(emulator.cloud.instances()[0]?.["user-data"]), "base64").toString();

test("a machine without a connection is refused at preview", async () => {
  const said = await stack.failure(
    stack.preview(async () => void new Instance("web", { ...machine, pinHostKey: true })),
  );
  expect(said).toContain("pinHostKey logs in to the new instance. Declare a connection");
  expect(emulator.cloud.instances()).toEqual([]);
});

test("the next run completes a run that fails before the host has its own key", async () => {
  emulator.cloud.openSsh();
  emulator.faults.add({ kind: "status", status: 403, method: "PUT", path: /^\/instance\/[0-9a-f-]+$/ });
  expect(await stack.failure(stack.up(web({ userData: "#!/bin/sh\n" })))).toContain("CREATED_IN_PART");
  const { hostKeys } = await stack.up(web({ userData: "#!/bin/sh\n" }));
  const [instance] = emulator.cloud.instances();
  expect(hostKeys).toEqual([(await emulator.cloud.guest(String(instance?.["id"]))).hostKey]);
  expect([sent, userData()]).toEqual([1, "#!/bin/sh\n"]);
});

test("a client logs in only to the remembered host key", async () => {
  const { privateKey, sshCommand, knownHosts } = await stack.up(web({ userData: "#!/bin/sh\n" }));
  expect(await logIn({ privateKey, sshCommand, knownHosts }, "echo in")).toBe("in");
});

test("nothing is left to change, before and after a refresh", async () => {
  expect(await stack.preview(web({ userData: "#!/bin/sh\n" }))).toEqual({ same: 3 });
  await stack.refresh();
  expect(await stack.preview(web({ userData: "#!/bin/sh\n" }))).toEqual({ same: 3 });
});

test("turning it off changes nothing on the machine", async () => {
  const before = emulator.cloud.instances();
  await stack.up(web({ userData: "#!/bin/sh\n", pinHostKey: false }));
  expect(emulator.cloud.instances()).toEqual(before);
  await stack.destroy();
});
