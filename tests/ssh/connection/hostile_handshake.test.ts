/** Servers that misbehave before the login has ended. Each ends in an error of its own, in bounded time and memory. */
import type { Socket } from "node:net";
import { parsePublicKey } from "../../../provider/keys/public_key";
import { connect } from "../../../provider/ssh/connection/connect";
import { probe } from "../../../provider/ssh/probe";
import { waitForSsh } from "../../../provider/ssh/wait";
import { failure } from "../change_keys/host";
import { type Behaviour, messages, startHostile, startSilentAfter } from "../hostile_server";
import { startServer, startTcp } from "../ssh2_server";
import { makeKey } from "../test_keys";

const [key, other] = [makeKey(), makeKey()];
const HOSTILE = "\x1b[31mpublickey\r\nerror: \x9b2J\u202e";

type Target = Parameters<typeof connect>[0];

/** The error of a login, as class name and message. Nothing of a server that sends for ever may take as long as this. */
const logIn = (target: Target, timeoutMs = 600_000) =>
  failure(connect(target, [key, other], { acceptNew: true, timeoutMs }));

describe("A server that never stops talking", () => {
  const forever = (bytes: string) =>
    startTcp((socket: Socket) => {
      const write = () => {
        while (socket.writable && socket.write(bytes));
      };
      socket.on("drain", write);
      write();
    });

  test.each([
    ["lines before its version", "hello\r\n".repeat(1000), "cannot agree on SSH: Max greeting lines exceeded"],
    ["a version", `SSH-2.0-${"x".repeat(65_536)}`, "cannot agree on SSH: Header line too long"],
    ["line ends", "\r".repeat(65_536), "sent more than 1 MiB before the login, so the connection was ended"],
  ])("with %s is left", async (_what, bytes, message) => {
    const { target, close } = await forever(bytes);
    expect(await logIn(target)).toContain(`SshProtocolError: 127.0.0.1:${target.port}`);
    expect(await logIn(target)).toContain(message);
    expect((await probe(target, key.publicKey, { timeoutMs: 600_000 })).reason).toContain(message);
    await expect(waitForSsh(target, { timeoutMs: 600_000 })).rejects.toMatchObject({ code: "SSH_PROTOCOL" });
    await close();
  });

  test("behind a bastion is left too", async () => {
    const bastion = await startServer({ authorizedKeys: [key.publicKey] });
    const { target, close } = await forever("\r".repeat(65_536));
    const through = connect(target, [key], { acceptNew: true, bastion: bastion.target, timeoutMs: 600_000 });
    expect(await failure(through)).toContain("sent more than 1 MiB before the login");
    await Promise.all([close(), bastion.close()]);
  });

  test("with banners is left", async () => {
    const { target, close } = await startHostile({
      onLogin: (say) => {
        for (let count = 0; count < 100; count++) say(messages.banner, "x".repeat(30_000), "");
      },
    });
    expect(await logIn(target)).toContain("sent more than 1 MiB before the login");
    await close();
  });
});

test("A server that falls silent at any step is left when the time is over, and the error names the step", async () => {
  const server = await startServer({ authorizedKeys: [key.publicKey] });
  const { kexInit, kexReply, newKeys } = messages;
  const steps = [...[0, kexInit, kexReply].map((step) => [step, "key exchange"] as const), [newKeys, "login"] as const];
  const errors = steps.map(async ([step, phase]) => {
    const { target, close } = await startSilentAfter(step, server.target);
    expect(await logIn(target, 10_000)).toBe(
      `SshTimeoutError: 127.0.0.1:${target.port} did not finish its ${phase} in time; it may be overloaded.`,
    );
    await close();
  });
  const mute = await startHostile({ onLogin: () => undefined });
  await Promise.all([
    ...errors,
    expect(logIn(mute.target, 10_000)).resolves.toContain("did not finish its login in time"),
  ]);
  await Promise.all([server.close(), mute.close()]);
});

describe("What a server says in the login", () => {
  const say = async (onLogin: NonNullable<Behaviour["onLogin"]>) => {
    const { target, close } = await startHostile({ onLogin });
    const error = await logIn(target);
    const { reason } = await probe(target, key.publicKey, { timeoutMs: 600_000 });
    await close();
    return [error, reason];
  };

  const methods: Behaviour["onLogin"] = (send) => send(messages.authFailure, HOSTILE, false);
  const lastWords: Behaviour["onLogin"] = (send) => send(messages.disconnect, 2, HOSTILE, "");

  test.each([
    ["its methods", methods, "let none of these in"],
    ["its last words", lastWords, "ended the connection"],
  ])("reaches no terminal as it is: %s", async (_what, onLogin, part) => {
    const [error = "", reason = ""] = await say(onLogin);
    expect(error).toContain(part);
    for (const text of [error, reason]) expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(error).toContain("[31mpublickey error: 2J");
  });

  test.each(["", "SSH-2.0-", "SSH-1.99-"])("reaches no terminal as it is: its version %s...", async (beginning) => {
    const { target, close } = await startTcp((socket) => socket.end(`${beginning}${HOSTILE}\r\n`));
    expect(await logIn(target)).toMatch(/^Ssh[\x20-\x7e]*$/);
    await close();
  });

  test("is cut if it is long", async () => {
    for (const text of await say((send) => send(messages.authFailure, "password,".repeat(3000), false)))
      expect(text.length).toBeLessThan(800);
  });
});

test("A refusal of a login that has not begun is explained", async () => {
  const { target, close } = await startHostile({ onBegin: (say) => say(messages.authFailure, "publickey", false) });
  expect(await logIn(target)).toContain("agree on SSH: it sent a message that does not belong there. Is that port");
  await close();
});

describe("A bastion", () => {
  const connectThrough = async (onOpen: Behaviour["onOpen"]) => {
    const { target: bastion, close } = await startHostile(onOpen ? { onOpen } : {});
    const target = { host: "192.0.2.1", port: 22, user: "debian" };
    const error = await failure(connect(target, [key], { acceptNew: true, bastion, timeoutMs: 10_000 }));
    await close();
    return error;
  };
  const open =
    (packetSize: number): Behaviour["onOpen"] =>
    (say, channel) =>
      say(messages.openConfirmation, channel, 0, 2 ** 21, packetSize);

  test.each<[string, Behaviour["onOpen"], string]>([
    [
      "refuses to connect",
      (say, channel) => say(messages.openFailure, channel, 2, HOSTILE, ""),
      "could not connect to",
    ],
    ["opens a channel that takes no data", open(0), "could not connect to"],
    [
      "sends error output after the end of the channel",
      (say, channel) => {
        open(32_768)?.(say, channel);
        say(messages.eof, channel);
        say(messages.extendedData, channel, 1, "late");
      },
      "Cannot reach SSH on 192.0.2.1:22",
    ],
  ])("that %s is an error, in words that are safe to show", async (_what, onOpen, part) => {
    const error = await connectThrough(onOpen);
    expect(error).toContain(part);
    expect(error).toMatch(/^SshUnreachableError: [\x20-\x7e]*$/);
  });
});

describe("A server that lets us in", () => {
  const stranger = makeKey("rsa").publicKey;
  const ask = async (onLogin: NonNullable<Behaviour["onLogin"]>) => {
    const { target, hostKey, close } = await startHostile({ onLogin });
    const options = { knownHostKeys: [hostKey], timeoutMs: 600_000 };
    const answer = await probe(target, stranger, { ...options, credentials: [key] });
    const session = await connect(target, [key], options);
    session.close();
    await close();
    return { ...answer, loggedInKey: session.loggedInKey };
  };

  test("at the mere question about a key has proven nothing, neither about that key nor about ours", async () => {
    const answer = await ask((say, { method }) =>
      method === "none" ? say(messages.authFailure, "publickey", false) : say(messages.authSuccess),
    );
    expect(answer).toMatchObject({ accepts: "unknown", loggedIn: false, loggedInKey: undefined });
  });

  test("without any key has proven nothing", async () => {
    const answer = await ask((say) => say(messages.authSuccess));
    expect(answer).toMatchObject({ accepts: "unknown", loggedIn: false, loggedInKey: undefined });
  });

  test("with every key is said to accept a key that nobody authorized, and never to refuse it", async () => {
    const answer = await ask((say, { method, isSigned, algorithm, key: asked }) => {
      if (method === "none") say(messages.authFailure, "publickey", false);
      else if (isSigned) say(messages.authSuccess);
      else say(messages.keyIsAcceptable, algorithm, asked);
    });
    expect(answer).toMatchObject({
      accepts: "yes",
      loggedIn: true,
      loggedInKey: parsePublicKey(key.publicKey).fingerprintSha256,
    });
  });
});
