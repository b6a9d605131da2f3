import { AuthorizedKey, type AuthorizedKeyArgs, SshKeyPair } from "pulumi-exoscale-ssh";
import { type Emulator, startEmulator } from "../emulated";
import { alice, bob } from "../resources/known_keys";
import { ReachableHost } from "../resources/reachable_host";
import { TestCloud } from "../resources/world";
import { makeKey } from "../ssh/test_keys";
import { end } from "./end";
import { TestStack } from "./stack";

jest.setTimeout(240_000);

let emulator: Emulator;
let host: ReachableHost;

beforeAll(async () => {
  emulator = await startEmulator({ operationMs: 20, zones: ["ch-gva-2"], hostKeys: ["ed25519"] });
  emulator.cloud.openSsh();
  host = await ReachableHost.join(new TestCloud(emulator), makeKey());
});
afterAll(async () => await emulator.close());

const frank = (args: Partial<AuthorizedKeyArgs> = {}) => {
  const key = new AuthorizedKey("frank", { connection: host.connection, publicKey: alice.line, ...args });
  return { id: key.id, user: key.user, hostKey: key.hostKey, fingerprint: key.fingerprintSha256 };
};
const program = (args?: Partial<AuthorizedKeyArgs>) => async () => frank(args);

describe("a key on a host that Pulumi did not make, without an account at Exoscale", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.create(emulator, {});
  });
  afterAll(async () => await end(stack));

  test("is added and accepted, and a second preview changes nothing", async () => {
    const id = `debian/${alice.sha256}`;
    const { hostKey } = host.guest;
    expect(await stack.up(program())).toEqual({ id, user: "debian", hostKey, fingerprint: alice.sha256 });
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[alice.line], "yes"]);
    expect(await stack.preview(program())).toEqual({ same: 2 });
  });

  test("is not replaced by another comment and a more detailed connection", async () => {
    const [type, base64] = alice.line.split(" ");
    const connection = { ...host.connection, hostKey: host.guest.hostKey };
    expect(await stack.preview(program({ publicKey: `${type} ${base64} frank\n` }))).toEqual({ same: 2 });
    expect(await stack.preview(program({ connection }))).toEqual({ same: 1, update: 1 });
  });

  test("is refused at preview with an option that sshd does not know", async () => {
    expect(await stack.failure(stack.preview(program({ options: ["no-such"] })))).toContain(
      '"no-such" is no option of authorized_keys',
    );
  });

  test("is updated in place with other options", async () => {
    const restricted = program({ options: ["restrict", 'expiry-time="20991231"'] });
    expect(await stack.preview(restricted)).toEqual({ same: 1, update: 1 });
    await stack.up(restricted);
    expect(await host.lines()).toEqual([`restrict,expiry-time="20991231" ${alice.line}`]);
  });

  test("shows an edited line at refresh, and the next up restores it", async () => {
    await host.write(`no-pty ${alice.line}`);
    await stack.refresh();
    expect(stack.state()["frank"]?.inputs["options"]).toEqual(["no-pty"]);
    await stack.up(program({ options: ["restrict"] }));
    expect(await host.lines()).toEqual([`restrict ${alice.line}`]);
  });

  test("leaves the state after somebody removed its line, and is added again", async () => {
    await host.write();
    await stack.refresh();
    expect(stack.state()).toEqual({});
    await stack.up(program());
    expect(await host.accepts(alice.line)).toBe("yes");
  });

  test("stays in the state while the host is down, and the refresh warns", async () => {
    const up = await emulator.guests.fault(host.id, { kind: "refused" });
    await stack.refresh();
    await up();
    expect(stack.output).toContain("could not be checked, and stays in the state as it was");
    expect(await stack.preview(program())).toEqual({ same: 2 });
  });

  test("is replaced by another key, which is accepted before the old one is removed", async () => {
    await stack.up(program({ publicKey: bob.line }));
    expect([await host.accepts(alice.line), await host.accepts(bob.line)]).toEqual(["no", "yes"]);
  });

  test("moves to another host, and the old host refuses it", async () => {
    const other = await ReachableHost.join(host.cloud, host.admin);
    const moved = program({ publicKey: bob.line, connection: other.connection });
    expect(await stack.preview(moved)).toEqual({ same: 1, replace: 1 });
    await stack.up(moved);
    expect([await host.accepts(bob.line), await other.accepts(bob.line)]).toEqual(["no", "yes"]);
    await stack.up(program({ publicKey: bob.line }));
    expect([await host.accepts(bob.line), await other.accepts(bob.line)]).toEqual(["yes", "no"]);
  });

  test("stays if its host is down at destroy, and is removed when the host runs again", async () => {
    const up = await emulator.guests.fault(host.id, { kind: "refused" });
    const said = await stack.failure(stack.destroy());
    expect(said).toMatch(
      /may still open the account: .*pulumi state delete 'urn:pulumi:test::shop::.*::frank' \[SSH_KEY_NOT_REMOVED\]/,
    );
    await up();
    await stack.destroy();
    expect([stack.state(), await host.lines(), await host.accepts(bob.line)]).toEqual([{}, [], "no"]);
  });
});

describe("a key of a pair of the same program", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.create(emulator);
  });
  afterAll(async () => await end(stack));

  const pairs = (triggers: string[]) => async () => {
    const grace = new SshKeyPair("grace", { triggers });
    return frank({ publicKey: grace });
  };

  test("is given as the pair, and follows a rotation of the pair", async () => {
    const first = await stack.up(pairs(["1"]));
    const second = await stack.up(pairs(["2"]));
    expect(second["fingerprint"]).not.toBe(first["fingerprint"]);
    const lines = await host.lines();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^ssh-ed25519 \S+ grace-/);
  });

  test("is not replaced at preview if the key that logs in is not known yet", async () => {
    const rotating = async () => {
      const grace = new SshKeyPair("grace", { triggers: ["2"] });
      const admin = new SshKeyPair("admin-pair");
      const connection = { ...host.connection, privateKey: admin.privateKeyOpenssh };
      return frank({ publicKey: grace, connection });
    };
    expect(await stack.preview(rotating)).toEqual({ create: 1, same: 2, update: 1 });
  });

  test("leaves nothing behind", async () => {
    await stack.destroy();
    expect([stack.state(), await host.lines()]).toEqual([{}, []]);
  });
});
