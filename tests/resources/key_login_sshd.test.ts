import { resources } from "../../provider/resources";
import type { SshKeyPairState } from "../../provider/resources/ssh_key_pair/fields";
import { printedToPlink, printedToSsh, type Server } from "../keys/logins";
import { testWith } from "../keys/real_programs";
import { type Kind, kindNames, kinds } from "../keys/sample_keys";
import { describeWithSshd, type OpensshServer, startSshd } from "../ssh/openssh_server";
import { closeClouds, type Held, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;
const passphrase = "correct hörse $battery";
// Generating RSA-4096 takes seconds, and many on a busy machine.
jest.setTimeout(240_000);

describeWithSshd("A pair of the account opens a real OpenSSH sshd", () => {
  let cloud: TestCloud;
  let sshd: OpensshServer;
  let server: Server;
  beforeAll(async () => {
    cloud = await startCloud();
    sshd = await startSshd();
    server = { target: sshd.target, hostKey: sshd.hostKey("ed25519") };
  });
  afterAll(async () => {
    await sshd.close();
    await closeClouds();
  });

  /** One of a kind is enough for all tests: RSA takes long to generate. */
  const pairs = new Map<Kind, Promise<Held<SshKeyPairState>>>();

  function pairOf(kind: Kind): Promise<Held<SshKeyPairState>> {
    const pair = pairs.get(kind) ?? cloud.run().create(SshKeyPair, { ...kinds[kind], formats: ["pem", "putty"] });
    pairs.set(kind, pair);
    return pair;
  }

  /** The only pair that sshd lets in from now on. */
  async function authorizedPair(kind: Kind): Promise<SshKeyPairState> {
    const { state } = await pairOf(kind);
    sshd.authorize(state.publicKeyOpenssh ?? "");
    return state;
  }

  /** The same pair after an update that gives it a passphrase. */
  async function encryptedPair(kind: Kind): Promise<SshKeyPairState> {
    const news = { ...kinds[kind], passphrase, formats: ["pem"] };
    return (await cloud.run().update(SshKeyPair, await pairOf(kind), news)).state;
  }

  for (const kind of kindNames) {
    testWith("ssh", `to ssh, by privateKeyOpenssh of ${kind}, plain and encrypted`, async () => {
      const plain = await authorizedPair(kind);
      expect(printedToSsh(server, plain.privateKeyOpenssh ?? "", undefined)).toBe("in");
      const encrypted = await encryptedPair(kind);
      expect(printedToSsh(server, encrypted.privateKeyOpenssh ?? "", passphrase)).toBe("in");
    });
  }

  // OpenSSH reads Ed25519 in PKCS#8 only from 9.6 on; the documentation says so.
  for (const kind of kindNames.filter((name) => name !== "ed25519")) {
    testWith("ssh", `to ssh, by privateKeyPem of ${kind}, plain and encrypted`, async () => {
      const plain = await authorizedPair(kind);
      expect(printedToSsh(server, plain.privateKeyPem ?? "", undefined)).toBe("in");
      const encrypted = await encryptedPair(kind);
      expect(printedToSsh(server, encrypted.privateKeyPem ?? "", passphrase)).toBe("in");
    });
  }

  for (const kind of kindNames) {
    testWith("plink", `to PuTTY's plink, by privateKeyPutty of ${kind}`, async () => {
      const { privateKeyPutty = "" } = await authorizedPair(kind);
      expect(printedToPlink(server, privateKeyPutty)).toBe("in");
    });
  }

  testWith("ssh", "to nobody who has another key, or no passphrase for the right one", async () => {
    const other = await authorizedPair("ed25519");
    await authorizedPair("ECDSA-P256");
    const encrypted = await encryptedPair("ECDSA-P256");
    expect(() => printedToSsh(server, other.privateKeyOpenssh ?? "", undefined)).toThrow("Permission denied");
    expect(() => printedToSsh(server, encrypted.privateKeyOpenssh ?? "", "wrong")).toThrow("Permission denied");
    expect(printedToSsh(server, encrypted.privateKeyOpenssh ?? "", passphrase)).toBe("in");
  });

  testWith("plink", "to nobody who has another key in PuTTY's format", async () => {
    const other = await authorizedPair("RSA-2048");
    await authorizedPair("RSA-3072");
    expect(() => printedToPlink(server, other.privateKeyPutty ?? "")).toThrow(
      /No supported authentication|refused our key/,
    );
  });
});
