/**
 * Hosts that are another server from the second connection on, or answer then as no sshd does. No key ever counts as
 * closed there.
 */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import type { HostAccess } from "../../../provider/ssh/connection/host_access";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { type Behaviour, messages, startHostile } from "../hostile_server";
import { startTcp } from "../ssh2_server";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob] = [makeKey(), makeKey()];
let host: Host;
afterAll(closeAll);

const itsOwnKey = () => readFileSync(join(host.guest.root, "etc/ssh/ssh_host_ed25519_key"), "utf8");

/** Works with an address where the host answers once, and then a server that behaves like this. */
async function withImpostor<Result>(
  behaviour: Behaviour,
  work: (access: HostAccess) => Promise<Result>,
): Promise<Result> {
  const impostor = await startHostile(behaviour);
  let connections = 0;
  const { target, close } = await startTcp((socket) => {
    const { address, port } = host.guest;
    const there = connections++ === 0 ? { host: address, port } : impostor.target;
    pipeline(socket, connect(there.port, there.host), socket, () => undefined);
  });
  const { user } = host.guest;
  const known = host.access([bob], { timeoutMs: 20_000 });
  try {
    return await work({ ...known, target: { ...target, user } });
  } finally {
    await Promise.all([close(), impostor.close()]);
  }
}

type OnLogin = NonNullable<Behaviour["onLogin"]>;

const refuseAll: OnLogin = (say) => say(messages.authFailure, "publickey", false);
const letAnybodyIn: OnLogin = (say) => say(messages.authSuccess);
const letInAtQuestions: OnLogin = (say, { method }) =>
  method === "none" ? say(messages.authFailure, "publickey", false) : say(messages.authSuccess);
const acceptEveryKey: OnLogin = (say, { method, isSigned, algorithm, key }) => {
  if (method === "none") say(messages.authFailure, "publickey", false);
  else if (isSigned) say(messages.authSuccess);
  else say(messages.keyIsAcceptable, algorithm, key);
};
const endAtQuestions: OnLogin = (say, { method }) =>
  method === "none" ? say(messages.authFailure, "publickey", false) : say(messages.disconnect, 11, "bye", "");

const remove = (access: HostAccess) => failure(host.change(access, { remove: [gone(alice)], alsoFrom: ["root"] }));

describeSshd("on a real sshd", () => {
  beforeAll(async () => {
    host = await Host.start("sshd");
  });
  beforeEach(async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([alice.publicKey], "root");
  });

  test("a server with another host key, which refuses all keys, proves nothing", async () => {
    const error = await withImpostor({ onLogin: refuseAll }, remove);
    expect(error).toMatch(/^KeyUnprovenError: SHA256:\S+ was removed .* The host key of 127\S+ has changed: expected /);
  });

  test.each<[string, OnLogin, RegExp]>([
    ["refuses all keys, ours too", refuseAll, /^KeysRolledBackError: .* the remaining key could not log in .*put back/],
    ["lets anybody in", letAnybodyIn, /^KeyUnprovenError: .* it is not proven that sshd refuses it: It gave no answer/],
    ["lets anybody in who asks", letInAtQuestions, /^KeyUnprovenError: .* it is not proven that sshd refuses it/],
    [
      "accepts every key",
      acceptEveryKey,
      /^KeyStillOpenError: \S+ still accepts SHA256:\S+ no file that sshd names has it/,
    ],
    [
      "ends the connection at a question",
      endAtQuestions,
      /^KeyUnprovenError: .* it is not proven that sshd refuses it/,
    ],
    ["never answers", () => undefined, /^KeyUnprovenError: .* did not finish its login in time/],
  ])("the same host key on a server that %s proves nothing", async (_what, onLogin, message) => {
    expect(await withImpostor({ hostKey: itsOwnKey(), onLogin }, remove)).toMatch(message);
  });

  test.each<[string, Omit<Behaviour, "hostKey">, boolean, string]>([
    ["another host key", { onLogin: refuseAll }, false, "unknown"],
    ["its own host key, and lets anybody in", { onLogin: letAnybodyIn }, true, "unknown"],
    ["its own host key, and accepts every key", { onLogin: acceptEveryKey }, true, "open"],
  ])("a key that no file has is not examined as closed by %s", async (_what, behaviour, isItsOwn, status) => {
    const stranger = makeKey();
    const examined = { user: "debian", alsoIn: ["root"], publicKeyOpenssh: stranger.publicKey };
    const impostor = { ...behaviour, ...(isItsOwn && { hostKey: itsOwnKey() }) };
    const examination = await withImpostor(impostor, (access) => examineKey(access, examined));
    expect(examination.status).toBe(status);
  });

  test("a key is not called added by a server that lets anybody in", async () => {
    const carol = makeKey();
    const add = (access: HostAccess) => failure(host.change(access, { add: [line(carol)] }));
    expect(await withImpostor({ hostKey: itsOwnKey(), onLogin: letAnybodyIn }, add)).toMatch(
      /^KeyNotAcceptedError: SHA256:\S+ was added .* and was not accepted\..* authorized_keys is as it was\.$/,
    );
    expect(await host.guest.authorizedKeys()).not.toContain(carol.publicKey);
  });
});
