/** What a client in a process of its own says of a server whose TLS is not as it must be. */
import { execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { asn1, md, pki } from "node-forge";

const run = promisify(execFile);
const DAY_MS = 86_400_000;

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** A key for node-forge whose signatures Node makes, which takes a thousandth of the time. */
const signedByNode = (sign: () => Buffer) =>
  ({ sign: () => sign().toString("binary") }) as unknown as pki.rsa.PrivateKey;

interface Wanted {
  readonly address?: string;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
  /** Default: the authority that the client trusts. */
  readonly issuer?: string;
  /** What is signed. Default: SHA-256. */
  readonly digest?: "sha1" | "sha256";
}

/** A certificate of a server at an address, in PEM. */
function certificate(
  { address = "127.0.0.1", from = -1, to = 1, issuer = "authority", digest = "sha256" }: Wanted = {},
  isAuthority = false,
) {
  const made = pki.createCertificate();
  made.publicKey = pki.publicKeyFromPem(publicKey);
  made.serialNumber = isAuthority ? "01" : "02";
  made.validity.notBefore = new Date(Date.now() + from * DAY_MS);
  made.validity.notAfter = new Date(Date.now() + to * DAY_MS);
  made.setSubject([{ name: "commonName", value: isAuthority ? "authority" : "server" }]);
  made.setIssuer([{ name: "commonName", value: issuer }]);
  made.setExtensions([
    { name: "basicConstraints", cA: isAuthority },
    { name: "subjectAltName", altNames: [{ type: 7, ip: address }] },
  ]);
  const key = signedByNode(() =>
    sign(digest, Buffer.from(asn1.toDer(made.tbsCertificate).getBytes(), "binary"), privateKey),
  );
  made.sign(key, md[digest].create());
  return pki.certificateToPem(made);
}

const folder = mkdtempSync(join(tmpdir(), "tls-"));
const trusted = join(folder, "authority.pem");
writeFileSync(trusted, certificate({}, true));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the client says, and how often it connected. */
async function listInstances(options: ServerOptions) {
  let connections = 0;
  const server = createServer({ key: privateKey, ...options }, (_, response) => response.end('{"instances":[]}'));
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const words = [join(__dirname, "client_process.js"), `https://127.0.0.1:${port}/v2`];
  try {
    const { stdout } = await run(process.execPath, words, { env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted } });
    return { ...(JSON.parse(stdout) as { count?: number; code?: string; error?: string }), connections };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const notTrusted = "Its TLS certificate is not trusted: a proxy may intercept the connection, or a clock is wrong.";

test("A server with a certificate of a trusted authority is asked", async () => {
  expect(await listInstances({ cert: certificate() })).toMatchObject({ count: 0, connections: 1 });
});

test.each<[string, ServerOptions, string]>([
  ["its own certificate", { cert: certificate({ issuer: "server" }) }, `${notTrusted} (DEPTH_ZERO_SELF_SIGNED_CERT)`],
  [
    "a certificate of a stranger",
    { cert: certificate({ issuer: "x" }) },
    `${notTrusted} (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
  ],
  [
    "one for another host",
    { cert: certificate({ address: "192.0.2.1" }) },
    `${notTrusted} (ERR_TLS_CERT_ALTNAME_INVALID)`,
  ],
  ["an expired one", { cert: certificate({ from: -2, to: -1 }) }, `${notTrusted} (CERT_HAS_EXPIRED)`],
  ["one with a weak signature", { cert: certificate({ digest: "sha1" }) }, `${notTrusted} (UNSPECIFIED)`],
  ["one for later", { cert: certificate({ from: 1, to: 2 }) }, `${notTrusted} (CERT_NOT_YET_VALID)`],
  [
    "old TLS",
    { cert: certificate(), minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    "It and this client agree on no version or cipher of TLS, or it wants a certificate of the client: check the endpoint and the proxy. (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)",
  ],
])("A server with %s is an error that says so, and is asked once", async (_, options, reason) => {
  const { code, error, connections } = await listInstances(options);
  expect(error).toMatch(/^Could not list instances: no answer from https:\/\/127\.0\.0\.1:\d+\/v2\. /);
  expect(error).toContain(reason);
  expect([code, connections]).toEqual(["API_UNREACHABLE", 1]);
});
