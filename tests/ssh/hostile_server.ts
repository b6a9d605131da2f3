/** SSH servers that do what sshd never does, and connections that stop at a chosen moment. */
import { type AddressInfo, connect, type Socket } from "node:net";
import { type Connection, Server } from "ssh2";
import type { SshTarget } from "../../provider/ssh/connection/target";
import { publicHostKey, startTcp } from "./ssh2_server";
import { makeKey } from "./test_keys";

/** Numbers of SSH's messages (RFC 4250, section 4.1.2). */
export const messages = {
  disconnect: 1,
  ignore: 2,
  kexInit: 20,
  newKeys: 21,
  kexReply: 31,
  authFailure: 51,
  authSuccess: 52,
  banner: 53,
  keyIsAcceptable: 60,
  openConfirmation: 91,
  openFailure: 92,
  windowAdjust: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;

/** Sends a message. A number becomes 32 bits, a boolean 8, a text or bytes a string with its length. */
export type Say = (message: number, ...fields: readonly (number | boolean | string | Buffer)[]) => void;

/** What a client asks to log in. */
export interface LoginAttempt {
  readonly method: string;
  readonly algorithm: string;
  readonly key: Buffer;
  readonly isSigned: boolean;
}

/** What a server says when the client has said something. */
export interface Behaviour {
  /** Called when the client asks for the login to begin. Default: it begins. */
  readonly onBegin?: (say: Say) => void;
  /** Default: it lets anybody in. */
  readonly onLogin?: (say: Say, attempt: LoginAttempt) => void;
  /** Gets the client's number of the channel. Default: it opens the channel. */
  readonly onOpen?: (say: Say, channel: number) => void;
  readonly onExec?: (say: Say, channel: number) => void;
  /** Its private host key. Default: a new one. */
  readonly hostKey?: string;
}

/** Where a server listens. */
export interface HostileServer {
  readonly target: SshTarget;
  readonly hostKey: string;
  /** Bytes that the connections which have ended took from it. */
  readonly sentBytes: () => number;
  close(): Promise<void>;
}

/** A server that takes part in the key exchange as it should, and then says what a test wants. */
export async function startHostile(behaviour: Behaviour): Promise<HostileServer> {
  const { hostKey = makeKey().privateKey } = behaviour;
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = new Server({ hostKeys: [hostKey] }, (connection) => {
    const socket: Socket = Reflect.get(connection, "_sock");
    sockets.add(socket);
    socket.on("close", () => {
      sent += socket.bytesWritten;
    });
    connection.on("error", () => undefined);
    behave(connection, behaviour);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: { host: "127.0.0.1", port, user: "debian" },
    hostKey: publicHostKey(hostKey),
    sentBytes: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Takes the place of what the library itself would answer. */
function behave(connection: Connection, behaviour: Behaviour): void {
  const { onBegin, onLogin = letIn, onOpen = openChannel, onExec } = behaviour;
  const protocol = Reflect.get(connection, "_protocol");
  const say: Say = (message, ...fields) => {
    const payload = Buffer.concat([Buffer.from([message]), ...fields.map(encode)]);
    const { write } = protocol._packetRW;
    const packet = write.alloc(payload.length);
    packet.set(payload, write.allocStart);
    protocol._cipher.encrypt(write.finalize(packet));
  };
  let channel = 0;
  const ignore = () => undefined;
  Object.assign(protocol._handlers, {
    ...(onBegin && { SERVICE_REQUEST: () => onBegin(say) }),
    USERAUTH_REQUEST: (_: unknown, _user: string, _service: string, method: string, data: Partial<AskedKey> | null) => {
      const { keyAlgo = "", key = Buffer.alloc(0), signature } = data ?? {};
      onLogin(say, { method, algorithm: keyAlgo, key, isSigned: signature !== undefined });
    },
    CHANNEL_OPEN: (_: unknown, { sender }: { sender: number }) => {
      channel = sender;
      onOpen(say, channel);
    },
    CHANNEL_REQUEST: () => onExec?.(say, channel),
    CHANNEL_DATA: ignore,
    CHANNEL_EOF: ignore,
    CHANNEL_CLOSE: ignore,
    CHANNEL_WINDOW_ADJUST: ignore,
  });
}

interface AskedKey {
  keyAlgo: string;
  key: Buffer;
  signature: Buffer;
}

const letIn = (say: Say) => say(messages.authSuccess);
const openChannel = (say: Say, channel: number) => say(messages.openConfirmation, channel, 0, 2 ** 21, 32_768);

function encode(field: number | boolean | string | Buffer): Buffer {
  if (typeof field === "boolean") return Buffer.from([Number(field)]);
  const bytes = typeof field === "number" ? Buffer.alloc(4) : Buffer.from(field as string);
  if (typeof field === "number") {
    bytes.writeUInt32BE(field);
    return bytes;
  }
  return Buffer.concat([encode(bytes.length), bytes]);
}

/** A way to a server that stays open and silent after the server's message with this number; 0 for its version. */
export function startSilentAfter(message: number, { port, host }: SshTarget): ReturnType<typeof startTcp> {
  return startTcp((socket) => {
    const server = connect(port, host);
    server.on("error", () => undefined);
    socket.pipe(server);
    socket.on("close", () => server.destroy());
    forwardUpTo(message, server, socket);
  });
}

function forwardUpTo(last: number, from: Socket, to: Socket): void {
  let rest = Buffer.alloc(0);
  let hasSpoken = false;
  let isSilent = false;
  from.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (!isSilent) {
      const length = hasSpoken ? packetLength(rest) : rest.indexOf("\n") + 1;
      if (length === 0 || rest.length < length) return;
      isSilent = (hasSpoken ? rest[5] : 0) === last;
      hasSpoken = true;
      to.write(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  });
}

const packetLength = (bytes: Buffer) => (bytes.length < 6 ? 0 : 4 + bytes.readUInt32BE(0));
