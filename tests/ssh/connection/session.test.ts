import { connect } from "../../../provider/ssh/connection/connect";
import { startServer, type TestServer } from "../ssh2_server";
import { makeKey } from "../test_keys";

const key = makeKey();
let server: TestServer;
beforeEach(async () => {
  server = await startServer({ authorizedKeys: [key.publicKey] });
});
afterEach(() => server.close());

function session() {
  return connect(server.target, [key], { acceptNew: true });
}

test("a command that ends with a status other than 0 is no error", async () => {
  const ssh = await session();
  expect(await ssh.exec("exit 3")).toMatchObject({ code: 3, stdout: "", stderr: "" });
  ssh.close();
});

test("a command that does not end in time is abandoned, and the session can still be used", async () => {
  const ssh = await session();
  await expect(ssh.exec("hang", "", { timeoutMs: 100 })).rejects.toMatchObject({ code: "SSH_TIMEOUT" });
  expect(await ssh.exec("exit 0")).toMatchObject({ code: 0 });
  ssh.close();
});

test("a command that writes more than allowed is abandoned", async () => {
  const ssh = await session();
  await expect(ssh.exec("flood", "", { maxOutputBytes: 1024 })).rejects.toMatchObject({ code: "SSH_COMMAND" });
  ssh.close();
});

test("a command is rejected when the host hangs up, and so are later ones", async () => {
  const ssh = await session();
  await expect(ssh.exec("hang up")).rejects.toMatchObject({ code: "SSH_CONNECTION_LOST" });
  await expect(ssh.exec("exit 0")).rejects.toMatchObject({ code: "SSH_CONNECTION_LOST" });
  ssh.close();
});

test("a command that still runs is rejected when the session is closed", async () => {
  const ssh = await session();
  const running = ssh.exec("hang");
  ssh.close();
  await expect(running).rejects.toMatchObject({ code: "SSH_CONNECTION_LOST" });
});

test("a command is abandoned when the caller aborts", async () => {
  const ssh = await session();
  const reason = new Error("enough");
  await expect(ssh.exec("hang", "", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  ssh.close();
});
