/** The preview of a key on a host, which contacts no host and needs no account at Exoscale. */
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { bcrypt } from "../../provider/keys/libraries";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { makeKey, shortRsaKey } from "../ssh/test_keys";
import { alice, bob, threePrimes, uncertainKeys } from "./known_keys";
import { Run } from "./world";

const { AuthorizedKey } = resources;
const admin = makeKey();
// Nothing listens at either address, so a request would fail.
const run = new Run({ endpoint: "http://127.0.0.1:9/v2" });
const connection = { user: "ops", host: "127.0.0.9", port: 9, privateKey: admin.privateKey };
const inputs = { connection, publicKey: alice.line };
const last = {
  id: `ops/${alice.sha256}`,
  state: { ...inputs, user: "ops", fingerprintSha256: alice.sha256, hostKey: bob.line },
};

const refused = (more: object) => run.failures(AuthorizedKey, { ...inputs, ...more });
const changed = (more: object) => run.diff(AuthorizedKey, last, { ...inputs, ...more });

describe("An AuthorizedKey is accepted", () => {
  test("for the user who logs in, if no other is named", async () => {
    const { inputs: checked, failures } = await run.check(AuthorizedKey, inputs);
    expect([checked, failures]).toEqual([{ ...inputs, user: "ops" }, []]);
  });

  test("with a short RSA key to log in, which may be the only one that opens the machine", async () => {
    const { privateKey } = shortRsaKey(1024);
    expect(await refused({ connection: { ...connection, privateKey } })).toEqual([]);
  });

  test("ten times with one encrypted key, which is decrypted once a run", async () => {
    const { openssh } = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }), { passphrase: "p" });
    const locked = { ...connection, privateKey: openssh, passphrase: "p" };
    const hashes = jest.spyOn(bcrypt(), "hash").mockClear();
    const checks = Array.from({ length: 10 }, () => refused({ connection: { ...locked, bastion: { ...locked } } }));
    expect((await Promise.all(checks)).flat()).toEqual([]);
    // Sixteen rounds for each of two blocks.
    expect(hashes).toHaveBeenCalledTimes(32);
    // The next run does not find what this one has opened.
    const next = new Run({ endpoint: "http://127.0.0.1:9/v2" });
    expect(await next.failures(AuthorizedKey, { ...inputs, connection: locked })).toEqual([]);
    expect(hashes).toHaveBeenCalledTimes(64);
  });

  test("while all of it is unknown", async () => {
    const unknown = { connection: UNKNOWN, publicKey: UNKNOWN, options: UNKNOWN, user: UNKNOWN, comment: UNKNOWN };
    expect(await refused(unknown)).toEqual([]);
  });

  test("while parts of its connection and options are unknown", async () => {
    const parts = { user: "ops", host: UNKNOWN, privateKey: UNKNOWN, passphrase: UNKNOWN, bastion: { host: UNKNOWN } };
    expect(await refused({ connection: parts, options: ["restrict", UNKNOWN] })).toEqual([]);
  });

  test.each([[["restrict", "pty", 'from="10.0.0.0/8,!10.1.2.3"', 'expiry-time="20311231"']], [['command="a b, c"']]])(
    "with the options %j",
    async (options) => {
      expect(await refused({ options })).toEqual([]);
    },
  );
});

describe.each(["securityKey", "ecdsaSecurityKey"] as const)(
  "An AuthorizedKey of a security key is accepted: %s,",
  (kind) => {
    test.each([[[]], [["verify-required"]], [["no-touch-required"]]])("with the options %j", async (options) => {
      expect(await refused({ publicKey: uncertainKeys[kind].line, options })).toEqual([]);
    });
  },
);

describe("An AuthorizedKey is refused at preview", () => {
  test.each([
    ["an invalid key", { publicKey: "ssh-ed25519 AAAA" }, /^publicKey: /],
    [
      "an option that sshd does not know",
      { options: ["no-such"] },
      /^options: "no-such" is no option of authorized_keys/,
    ],
    [
      "an option without its quotes",
      { options: ["from=10.0.0.1"] },
      /^options: Option "from=10.0.0.1" needs one value/,
    ],
    ["two options in one item", { options: ["restrict,pty"] }, /^options: "restrict,pty" is more than one option/],
    ["a comment of two lines", { comment: "a\nb" }, /^comment: A comment is one line/],
    ["a comment with blanks around it", { comment: " a" }, /^comment: A comment is one line without spaces around it/],
    ["a host that is an option", { connection: { ...connection, host: "-x" } }, /^connection\.host: "-x" is no host/],
    ["a user that is an option", { user: "-oX" }, /^user: "-oX" is no user name/],
    [
      "a jump host that is an option",
      { connection: { ...connection, bastion: { host: "-x" } } },
      /^connection\.bastion\.host: "-x" is no host/,
    ],
    [
      "a host with its user, while the private key is not made yet",
      { connection: { ...connection, host: "ops@192.0.2.1", privateKey: UNKNOWN } },
      /^connection\.host: "ops@192\.0\.2\.1" is no host/,
    ],
    [
      "an invalid host key, while the private key is not made yet",
      { connection: { ...connection, hostKey: "x", privateKey: UNKNOWN } },
      /^connection\.hostKey: This is not a host key/,
    ],
    [
      "an invalid host key",
      { connection: { ...connection, hostKey: "x" } },
      /^connection\.hostKey: This is not a host key/,
    ],
    [
      "a host key that is commented out",
      { connection: { ...connection, bastion: { host: "192.0.2.1", hostKey: `# ${admin.publicKey}` } } },
      /^connection\.bastion\.hostKey: This host key is commented out/,
    ],
    [
      "a private key with three primes",
      { connection: { ...connection, privateKey: threePrimes } },
      /^connection\.privateKey: .*more than two primes/,
    ],
    [
      "such a key for the jump host",
      { connection: { ...connection, bastion: { host: "127.0.0.8", privateKey: threePrimes } } },
      /^connection\.bastion\.privateKey: .*more than two primes/,
    ],
    ["an invalid private key", { connection: { ...connection, privateKey: "x" } }, /^connection\.privateKey: /],
    ["an unknown input", { key: "x" }, /AuthorizedKey has no input "key"/],
  ])("for %s", async (_what, more, reason) => {
    expect(await refused(more)).toEqual([expect.stringMatching(reason)]);
  });

  test("for a private key in the place of a host key, which is not shown", async () => {
    const shown = String(await refused({ connection: { ...connection, hostKey: admin.privateKey } }));
    expect(shown).toContain("connection.hostKey");
    expect(shown).not.toContain("PRIVATE KEY");
  });

  test.each(['command="date"', "cert-authority"])(
    "for %s on the key that logs in, unless a lock-out is allowed",
    async (option) => {
      const own = { publicKey: admin.publicKey, options: [option] };
      expect(await refused(own)).toEqual([expect.stringMatching(/^options: connection logs in with this key\./)]);
      expect(await refused({ ...own, allowLockout: true })).toEqual([]);
      expect(await refused({ ...own, user: "deploy" })).toEqual([]);
    },
  );
});

describe("A change is", () => {
  const [type, base64] = alice.line.split(" ");

  test.each([
    ["another comment in the key", { publicKey: `${type} ${base64} alice@laptop` }],
    ["a newline after the key", { publicKey: `${alice.line}\n` }],
    ["the user that is the default", { user: "ops" }],
    ["no options", { options: [] }],
  ])("none for %s", async (_what, more) => {
    expect(await changed(more)).toMatchObject({ changes: [], replaces: [] });
  });

  test.each([
    ["options", { options: ["restrict"] }],
    ["comment", { comment: "alice" }],
    ["allowLockout", { allowLockout: true }],
    ["terminateSessions", { terminateSessions: true }],
    ["connection", { connection: { ...connection, port: 2222 } }],
    ["connection", { connection: { ...connection, privateKey: makeKey().privateKey } }],
    ["connection", { connection: { ...connection, hostKey: bob.line } }],
    ["connection", { connection: { ...connection, bastion: { host: "127.0.0.8" } } }],
  ])("made in place for another %s, %#", async (name, more) => {
    expect(await changed(more)).toMatchObject({ changes: [name], replaces: [] });
  });

  test.each([
    [["publicKey"], { publicKey: bob.line }],
    [["user"], { user: "deploy" }],
    [["user"], { connection: { ...connection, user: "deploy" } }],
    [["connection"], { connection: { ...connection, host: "127.0.0.10" } }],
  ])("a replacement, the new one first, for another %j, %#", async (replaces, more) => {
    expect(await changed(more)).toMatchObject({ replaces, deleteBeforeReplace: false });
  });

  test("none for another letter case in the host name", async () => {
    const named = { ...last, state: { ...last.state, connection: { ...connection, host: "web.example" } } };
    const news = { ...inputs, connection: { ...connection, host: "WEB.example" } };
    expect((await run.diff(AuthorizedKey, named, news)).replaces).toEqual([]);
  });

  test("no replacement while the connection depends on a resource that does not exist yet", async () => {
    expect(await changed({ connection: UNKNOWN })).toMatchObject({ changes: ["connection"], replaces: [] });
  });

  test("a replacement while the key does not exist yet", async () => {
    expect(await changed({ publicKey: UNKNOWN })).toMatchObject({ replaces: ["publicKey"] });
  });
});
