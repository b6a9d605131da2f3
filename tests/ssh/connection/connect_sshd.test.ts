import { randomBytes } from "node:crypto";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { connect } from "../../../provider/ssh/connection/connect";
import { describeWithSshd, type OpensshServer, startSshd } from "../openssh_server";
import { withAgent, withAgentNaming } from "../running_agent";
import { keyKinds, makeKey, shortRsaKey } from "../test_keys";

const securityKey =
  "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAABHNzaDo=";

describeWithSshd("a session on a real OpenSSH sshd", () => {
  const key = makeKey();
  let sshd: OpensshServer;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  beforeEach(() => sshd.authorize(key.publicKey));
  afterAll(() => sshd.close());

  const open = (...credentials: Parameters<typeof connect>[1]) =>
    connect(sshd.target, credentials, { knownHostKeys: [sshd.hostKey("ed25519")] });

  test.each(keyKinds)("is opened with an %s key", async (kind) => {
    const other = makeKey(kind);
    sshd.authorize(other.publicKey);
    const session = await open(other);
    expect(await session.exec("echo in")).toMatchObject({ code: 0, stdout: "in\n" });
    session.close();
  });

  test.each([1024, 2047])("is opened with an RSA key of %i bits, which no pair may have", async (bits) => {
    const short = shortRsaKey(bits);
    sshd.authorize(short.publicKey);
    const session = await open(short);
    expect(await session.exec("true")).toMatchObject({ code: 0 });
    session.close();
  });

  test("is not opened with an RSA key below RequiredRSASize, and the error names that", async () => {
    const strict = await startSshd(["RequiredRSASize 2048"]);
    const short = shortRsaKey(1024);
    strict.authorize(short.publicKey);
    const error = await connect(strict.target, [short], { acceptNew: true }).catch((thrown) => thrown);
    await strict.close();
    expect(String(error)).toMatch(/\(ssh-rsa of 1024 bits, which sshd refuses if its RequiredRSASize is larger\)/);
  });

  test("carries a mebibyte of any bytes there and back", async () => {
    const bytes = randomBytes(1024 * 1024);
    const session = await open(key);
    const { stdoutBytes } = await session.exec("cat", bytes);
    session.close();
    expect(stdoutBytes.equals(bytes)).toBe(true);
  });

  test("returns exit status, output and error output separately", async () => {
    const session = await open(key);
    const result = await session.exec("echo out; echo err >&2; exit 7");
    session.close();
    expect(result).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("reports a command that a signal ended as ssh does", async () => {
    const session = await open(key);
    expect(await session.exec("kill -9 $$")).toMatchObject({ code: 255 });
    session.close();
  });

  test("is not disturbed by a command that reads nothing of its input", async () => {
    const session = await open(key);
    expect(await session.exec("exit 4", Buffer.alloc(4 * 1024 * 1024))).toMatchObject({ code: 4 });
    session.close();
  });

  test.each(["ed25519", "rsa"] as const)("is opened with an %s key of a running ssh-agent", async (kind) => {
    const other = makeKey(kind);
    sshd.authorize(other.publicKey);
    const session = await withAgent(other.privateKey, (agentSocket) => open({ agentSocket }));
    expect(await session.exec("true")).toMatchObject({ code: 0 });
    session.close();
  });

  test("is opened through a bastion", async () => {
    const session = await connect(sshd.target, [key], { acceptNew: true, bastion: sshd.target });
    expect(await session.exec("echo behind")).toMatchObject({ stdout: "behind\n" });
    session.close();
  });
});

describeWithSshd("an ssh-agent with more keys than sshd allows tries", () => {
  const keys = Array.from({ length: 9 }, () => makeKey());
  const [, , , , , , seventh = makeKey()] = keys;
  const names = keys.map(({ publicKey }) => parsePublicKey(publicKey).fingerprintSha256);
  let sshd: OpensshServer;
  beforeAll(async () => {
    sshd = await startSshd(["MaxAuthTries 6"]);
    sshd.authorize(seventh.publicKey);
  });
  afterAll(() => sshd.close());

  const logIn = (agentIdentity?: string) =>
    withAgent(
      keys.map(({ privateKey }) => privateKey),
      (agentSocket) =>
        connect(sshd.target, [agentIdentity === undefined ? { agentSocket } : { agentSocket, agentIdentity }], {
          acceptNew: true,
        }),
    );

  test("is not said to have tried the keys that it did not try", async () => {
    const error = await logIn().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SSH_LOGIN_REFUSED", refusal: "too-many-tries" });
    const [, tried = "", untried = ""] =
      /let none of these 6 in: (.*)\. It then ended .* 3 were not tried: (.*)\. Give the key/.exec(error.message) ?? [];
    expect([tried.split("; "), untried.split("; ")]).toEqual([
      names.slice(0, 6).map((name) => `${name} (ssh-ed25519)`),
      names.slice(6).map((name) => `${name} (ssh-ed25519)`),
    ]);
    expect(error.message).toContain("with connection.agentIdentity");
  });

  test.each([
    ["public key", `${seventh.publicKey} me@home`],
    ["fingerprint", parsePublicKey(seventh.publicKey).fingerprintSha256],
  ])("logs in with the one that its %s chooses", async (_form, identity) => {
    const session = await logIn(identity);
    session.close();
    expect(session.loggedInKey).toBe(names[6]);
  });

  test("logs in to a bastion with the key that is chosen for it, and to the host behind with its own", async () => {
    const [{ privateKey: own }, other] = [seventh, makeKey()];
    const jump = await startSshd(["MaxAuthTries 2"]);
    jump.authorize(other.publicKey);
    const bastion = { ...jump.target, agentIdentity: other.publicKey };
    const session = await withAgent([makeKey().privateKey, makeKey().privateKey, other.privateKey], (agentSocket) =>
      connect(sshd.target, [{ privateKey: own }, { agentSocket }], { acceptNew: true, bastion }),
    );
    expect(session.loggedInKey).toBe(names[6]);
    session.close();
    await jump.close();
  });

  test("without the chosen one is not asked for another, and the error names both", async () => {
    const stranger = makeKey().publicKey;
    const error = await logIn(stranger).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SSH_LOGIN_REFUSED", refusal: "every-key" });
    expect(error.message).toContain(
      `the ssh-agent, which has 9 keys for this client and not ${parsePublicKey(stranger).fingerprintSha256} (agentIdentity)`,
    );
  });

  test("that it cannot use is not said to be absent from the agent", async () => {
    await withAgentNaming(Buffer.from(securityKey.split(" ")[1] ?? "", "base64"), async (agentSocket) => {
      const message = async (agentIdentity?: string) => {
        const credential = agentIdentity === undefined ? { agentSocket } : { agentSocket, agentIdentity };
        return await connect(sshd.target, [credential], { acceptNew: true }).catch((thrown) => thrown.message);
      };
      expect(await message()).toContain("none for this client: it cannot use security keys and certificates");
      expect(await message(parsePublicKey(securityKey).fingerprintSha256)).toMatch(
        /has 0 keys for this client and not SHA256:\S+ \(agentIdentity\): it cannot use security keys and certificates/,
      );
    });
  });
});
