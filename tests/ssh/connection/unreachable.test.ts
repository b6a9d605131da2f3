/** What the errors of hosts that cannot be reached say is the likely reason. */
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect } from "../../../provider/ssh/connection/connect";
import { describeWithSshd, startSshd } from "../openssh_server";
import { startTcp, unusedPort } from "../ssh2_server";
import { makeKey } from "../test_keys";

const key = makeKey();

/** The error of a login to a server that does this with each connection. */
async function errorOf(treat: (socket: Socket) => void, timeoutMs = 20_000): Promise<unknown> {
  const { target, close } = await startTcp(treat);
  const error = await connect(target, [key], { acceptNew: true, timeoutMs }).catch((thrown) => thrown);
  await close();
  return error;
}

test.each([
  ["closes", (socket: Socket) => void socket.destroy()],
  ["resets", (socket: Socket) => void socket.resetAndDestroy()],
])("a host that %s the connection before a word probably has no rule for the port", async (_how, treat) => {
  expect(await errorOf(treat)).toMatchObject({
    kind: "dropped",
    message: expect.stringMatching(
      /: the connection was dropped before sshd said a word( \(ECONNRESET\))?\. Probably no security group opens this TCP port to this machine\. If one does, /,
    ),
  });
});

test.each([
  [
    "Exceeded MaxStartups",
    /sshd has too many connections without a login \(MaxStartups\)\. Wait a minute and try again\.$/,
  ],
  [
    "Not allowed at this time",
    /sshd drops this machine's address for a while \(PerSourcePenalties\).*\. Wait a minute and try again\.$/,
  ],
])("a host that drops the connection with the words %j is explained by them", async (words, reason) => {
  const error = await errorOf((socket) => socket.end(`${words}\r\n`));
  expect(error).toMatchObject({ kind: "dropped", message: expect.stringMatching(reason) });
  expect(String(error)).not.toContain("security group");
});

test("a host that drops the connection after its banner is not said to have a closed port", async () => {
  const error = await errorOf((socket) => socket.end("SSH-2.0-x\r\n"));
  expect(error).toMatchObject({ kind: "dropped", message: expect.stringContaining("dropped during the key exchange") });
  expect(String(error)).not.toContain("security group");
});

test("a host that does not answer probably has no rule for the port", async () => {
  expect(await errorOf(() => undefined, 200)).toMatchObject({
    kind: "timeout",
    message: expect.stringMatching(
      /: no answer in time \(connected, but no SSH banner came\)\. Probably no security group opens this TCP port to this machine, or /,
    ),
  });
});

test("a port on which nothing listens is not said to be closed by a rule", async () => {
  const target = { host: "127.0.0.1", port: await unusedPort(), user: "debian" };
  const error = await connect(target, [key], { acceptNew: true }).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: "refused", message: expect.stringContaining("nothing listens there") });
  expect(String(error)).not.toContain("security group");
});

describeWithSshd("a real OpenSSH sshd", () => {
  test("that has too many connections is explained by MaxStartups", async () => {
    const sshd = await startSshd(["MaxStartups 1:100:1"]);
    const other = connectTcp(sshd.target.port, sshd.target.host);
    await once(other, "data");
    const error = await connect(sshd.target, [key], { acceptNew: true }).catch((thrown) => thrown);
    other.destroy();
    await sshd.close();
    expect(String(error)).toContain("too many connections without a login (MaxStartups)");
  });
});
