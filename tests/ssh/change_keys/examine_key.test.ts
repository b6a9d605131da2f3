/** The status of a key on a host, and that the examination changes nothing. */
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import { findGrant } from "../../../provider/ssh/change_keys/find_grant";
import type { HostAccess } from "../../../provider/ssh/connection/host_access";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd, grantByCommand, refuseSudo } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, Host } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];

afterAll(closeAll);

/** The status of alice's key for the default user and root, as `status: reason`. */
async function examine(access: HostAccess, alsoIn = ["root"]): Promise<string> {
  const examined = { user: "debian", alsoIn, publicKeyOpenssh: alice.publicKey };
  const { status, reason } = await examineKey(access, examined);
  return `${status}: ${reason}`;
}

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(async () => {
    await host.authorize([bob.publicKey]);
    await host.authorize([], "root");
  });

  test("a key that no file has and sshd refuses is closed, and nothing is written", async () => {
    const before = [host.files(), host.stamp(), host.stamp("root")];
    expect(await examine(host.access([bob]))).toMatch(/^closed: No file of 127\S+ has it, and sshd refuses it\.$/);
    expect([host.files(), host.stamp(), host.stamp("root")]).toEqual(before);
  });

  test.each([
    ["accepted", ""],
    ["for another address", 'from="192.0.2.1" '],
    ["of an authority", "cert-authority "],
  ])("a key that is %s is open while root's file has it", async (_what, options) => {
    await host.authorize([options + alice.publicKey], "root");
    expect(await examine(host.access([bob]))).toBe("open: It is in authorized_keys of root.");
  });

  test("a host without a known key is asked, and its refusal is no proof", async () => {
    expect(await examine(host.access([bob], { knownHostKeys: [] }))).toMatch(
      /^refused: debian@127\S+ refuses this key\.$/,
    );
  });

  test("a host that refuses all credentials is asked all the same", async () => {
    expect(await examine(host.access([carol]))).toMatch(
      /^refused: debian@127\S+ refuses this key\. .*let none of these in/,
    );
    await host.authorize([alice.publicKey]);
    expect(await examine(host.access([carol]))).toMatch(/^open: debian@127\S+ accepts this key\.$/);
  });

  test("an answer about the account that logs in does not count for another account", async () => {
    await host.authorize([alice.publicKey], "root");
    expect(await examine(host.access([carol], { user: "root" }), [])).toMatch(
      /^unknown: root@127\S+ let none of these in/,
    );
    await host.authorize([bob.publicKey, alice.publicKey], "root");
    expect(await examine(host.access([bob], { user: "root" }), [])).toMatch(/^closed: /);
  });

  test.each([
    ["refused", 20_000, /^unknown: Cannot reach SSH on 127\S+: nothing listens there/],
    ["silent-before-banner", 1_000, /^unknown: Cannot reach SSH on 127\S+: no answer in time/],
    ["silent-after-login", 6_000, /^refused: debian@127\S+ refuses this key\. A command on 127\S+ did not end in time/],
  ] as const)("a host with the fault %s is not known to be closed", async (kind, timeoutMs, answer) => {
    const takeBack = await host.emulator.guests.fault(host.id, { kind });
    expect(await examine(host.access([bob], { timeoutMs }))).toMatch(answer);
    await takeBack();
  });

  test("a caller who gives up is not kept waiting by a host that hangs", async () => {
    const takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-after-login" });
    const access = host.access([bob], { timeoutMs: 60_000, signal: AbortSignal.timeout(1_500) });
    expect(await failure(examine(access))).toMatch(/timeout/);
    await takeBack();
  });
});

describeSshd("on a real sshd", () => {
  test("a key that a program grants is open although no file has it", async () => {
    const host = await Host.start("sshd");
    await host.authorize([bob.publicKey]);
    await grantByCommand(host.guest, alice.publicKey);
    expect(await examine(host.access([bob]))).toMatch(
      /^open: debian@127\S+ accepts this key, which no file there has\.$/,
    );
  });

  test("a key is not closed while root's file cannot be read", async () => {
    const host = await Host.start("sshd");
    await host.authorize([bob.publicKey]);
    await host.authorize([`from="192.0.2.1" ${alice.publicKey}`], "root");
    await refuseSudo(host.guest);
    expect(await examine(host.access([bob]))).toMatch(
      /^refused: 127\S+ refuses this key, but \S+authorized_keys \(.*\) could not be read/,
    );
  });

  test("a key of an account without files is closed by the answer of sshd", async () => {
    const host = await Host.start("sshd");
    await host.authorize([bob.publicKey, alice.publicKey], "root");
    await host.authorize([bob.publicKey]);
    await configureSshd(host.guest, "Match User root\n  AuthorizedKeysFile none\n");
    expect(await examine(host.access([bob]))).toMatch(/^closed: /);
  });

  test("an account behind a bastion that takes only another key is asked all the same", async () => {
    const [host, jump] = await Promise.all([Host.start("sshd"), Host.start("sshd")]);
    await host.authorize([bob.publicKey]);
    await jump.authorize([carol.publicKey]);
    const { address, port, user } = jump.guest;
    const access = host.access([carol, bob], { bastion: { host: address, port, user } });
    expect(await examine(access)).toMatch(/^closed: No file of 127\S+ has it, and sshd refuses it\.$/);
  });

  test("another account's grant is asked about through a bastion without credentials of its own", async () => {
    const [host, jump] = await Promise.all([Host.start("sshd"), Host.start("sshd")]);
    await Promise.all([host, jump].map((each) => each.authorize([bob.publicKey])));
    const { address, port, user } = jump.guest;
    const access = host.access([bob], { bastion: { host: address, port, user } });
    expect(await findGrant(access, "root", alice.publicKey)).toMatchObject({ lines: [], accepts: "no" });
  });

  test("with a bastion that refuses the login, the status of a key is unknown", async () => {
    const [host, jump] = await Promise.all([Host.start("sshd"), Host.start("sshd")]);
    const { address, port, user } = jump.guest;
    const access = host.access([bob], { bastion: { host: address, port, user } });
    expect(await examine(access)).toMatch(/^unknown: The bastion refused the login: debian@127/);
  });

  test("a key is closed with a doubt about clients for whom sshd asks a program, and with none about files", async () => {
    const host = await Host.start("sshd");
    await host.authorize([bob.publicKey]);
    const forOthers =
      "Match User bob\n  AuthorizedKeysFile none\nMatch Address 192.0.2.0/24\n  AuthorizedKeysFile /keys/%u\n";
    await configureSshd(host.guest, forOthers);
    expect(await examine(host.access([bob]))).toMatch(/sshd refuses it\.$/);
    await configureSshd(
      host.guest,
      `${forOthers}  AuthorizedKeysCommand /bin/keys\n  AuthorizedKeysCommandUser nobody\n`,
    );
    expect(await examine(host.access([bob]))).toMatch(
      /sshd refuses it\. But clients of "Match Address 192\.0\.2\.0\/24" have authorizedkeyscommand \/bin\/keys, which may accept keys that no file has\.$/,
    );
  });
});
