import { type AddressInfo, connect, createServer, type Socket, type Server as TcpServer } from "node:net";
import { type Algorithms, type AuthContext, type Connection, Server, type ServerChannel, utils } from "ssh2";
import type { SshTarget } from "../../provider/ssh/connection/target";
import { makeKey } from "./test_keys";

/** A test server, and what it has seen. */
export interface TestServer {
  readonly target: SshTarget;
  /** `type base64` of its first host key. */
  readonly hostKey: string;
  /** Login attempts in order: `none`, `publickey?` (asked), `publickey!` (signed). */
  readonly attempts: string[];
  /** Connections so far, and now. */
  readonly connections: { total: number; open: number; most: number };
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly authorizedKeys?: readonly string[];
  /** Private keys. Default: one new ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** The login methods that it offers. */
  readonly methods?: readonly "publickey"[] | readonly "password"[];
  /** Lets anybody in. */
  readonly open?: boolean;
  /** Ends the connection at the first public key. */
  readonly disconnectsOnKeys?: boolean;
  /** Default: what the library offers. */
  readonly algorithms?: Algorithms;
}

/** An SSH server of the client library on a free port of 127.0.0.1. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const hostKeys = options.hostKeys ?? [makeKey().privateKey];
  const attempts: string[] = [];
  const connections = { total: 0, open: 0, most: 0 };
  const clients = new Set<Connection>();
  const server = new Server({ hostKeys: [...hostKeys], algorithms: options.algorithms ?? {} }, (client) => {
    clients.add(client);
    connections.total++;
    connections.most = Math.max(connections.most, ++connections.open);
    client.on("error", () => undefined);
    client.on("close", () => {
      clients.delete(client);
      connections.open--;
    });
    client.on("authentication", (context) => authenticate(context, client, options, attempts));
    client.on("session", (accept) =>
      accept().on("exec", (start, _refuse, { command }) => run(command, start(), client)),
    );
    client.on("tcpip", (accept, refuse, { destIP, destPort }) => {
      const out = connect(destPort, destIP, () => {
        const channel = accept();
        channel.pipe(out).pipe(channel);
      });
      out.on("error", () => refuse());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: { host: "127.0.0.1", port, user: "debian" },
    hostKey: publicHostKey(hostKeys[0] ?? ""),
    attempts,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.end();
      }),
  };
}

export function publicHostKey(privateKey: string): string {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

function authenticate(context: AuthContext, client: Connection, options: TestServerOptions, attempts: string[]): void {
  const methods = [...(options.methods ?? ["publickey"])] as "publickey"[];
  attempts.push(context.method === "publickey" ? `publickey${context.signature ? "!" : "?"}` : context.method);
  const offered = context.method === "publickey" ? context.key.data.toString("base64") : undefined;
  const authorized = options.authorizedKeys?.some((line) => line.split(" ")[1] === offered);
  if (offered && options.disconnectsOnKeys) client.end();
  else if (options.open || authorized) context.accept();
  else context.reject(methods);
}

function run(command: string, channel: ServerChannel, client: Connection): void {
  if (command === "hang up") client.end();
  if (command === "flood") channel.write(Buffer.alloc(64 * 1024));
  if (command.startsWith("exit")) {
    channel.exit(Number(command.slice(5)));
    channel.end();
  }
}

/** A TCP server with one handler for all connections. It does not speak SSH itself. */
export async function startTcp(
  treat: (socket: Socket) => void,
): Promise<{ target: SshTarget; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: TcpServer = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    treat(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: { host: "127.0.0.1", port, user: "debian" },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function unusedPort(): Promise<number> {
  const { target, close } = await startTcp(() => undefined);
  await close();
  return target.port;
}
