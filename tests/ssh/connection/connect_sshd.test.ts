import { randomBytes } from "node:crypto";
import { connect } from "../../../provider/ssh/connection/connect";
import { describeWithSshd, type OpensshServer, startSshd } from "../openssh_server";
import { withAgent } from "../running_agent";
import { keyKinds, makeKey, shortRsaKey } from "../test_keys";

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
