import { probe } from "../../provider/ssh/probe";
import { uncertainKeys } from "../resources/known_keys";
import { describeWithSshd, type OpensshServer, startSshd } from "./openssh_server";
import { keyKinds, makeKey } from "./test_keys";

describeWithSshd("probing a real OpenSSH sshd", () => {
  let sshd: OpensshServer;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.close());

  test.each(keyKinds)("says yes to an authorized %s key, and no after its line is removed", async (kind) => {
    const key = makeKey(kind);
    const knownHostKeys = [sshd.hostKey("ed25519")];
    sshd.authorize(key.publicKey);
    expect(await probe(sshd.target, key.publicKey, { knownHostKeys })).toMatchObject({ accepts: "yes" });
    sshd.authorize();
    expect(await probe(sshd.target, key.publicKey, { knownHostKeys })).toMatchObject({ accepts: "no" });
  });

  test.each(["ed25519", "rsa", "ecdsa"] as const)("knows the host by its %s key alone", async (type) => {
    const answer = await probe(sshd.target, makeKey().publicKey, { knownHostKeys: [sshd.hostKey(type)] });
    expect(answer).toMatchObject({ accepts: "no", hostKeyKnown: true });
  });

  test("answers ten probes in a row that share a connection with a login", async () => {
    const admin = makeKey();
    sshd.authorize(admin.publicKey);
    for (let round = 0; round < 10; round++) {
      const answer = await probe(sshd.target, makeKey().publicKey, { credentials: [admin] });
      expect(answer).toMatchObject({ accepts: "no", loggedIn: true });
    }
  });

  test("answers three probes in a row that never log in", async () => {
    const key = makeKey();
    sshd.authorize(key.publicKey);
    for (let round = 0; round < 3; round++) {
      expect(await probe(sshd.target, key.publicKey)).toMatchObject({ accepts: "yes" });
    }
  });

  test("says yes to a key and logs in with the same key in one connection", async () => {
    const key = makeKey("rsa");
    sshd.authorize(key.publicKey);
    const answer = await probe(sshd.target, key.publicKey, { credentials: [key] });
    expect(answer).toMatchObject({ accepts: "yes", loggedIn: true });
  });

  test("says no to a key that is only allowed from elsewhere", async () => {
    const key = makeKey();
    sshd.authorize(`from="192.0.2.1" ${key.publicKey}`);
    expect(await probe(sshd.target, key.publicKey)).toMatchObject({ accepts: "no" });
  });
});

describeWithSshd("probing an sshd with unusual settings", () => {
  async function probeWith(config: string[], publicKey = makeKey().publicKey) {
    const sshd = await startSshd(config);
    sshd.authorize(publicKey);
    try {
      return await probe(sshd.target, publicKey);
    } finally {
      await sshd.close();
    }
  }

  test.each(["rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"])(
    "says yes to an RSA key where only %s signatures are taken",
    async (algorithm) => {
      expect(await probeWith([`PubkeyAcceptedAlgorithms ${algorithm}`], makeKey("rsa").publicKey)).toMatchObject({
        accepts: "yes",
      });
    },
  );

  test("says yes to the key of a security key where only signatures of browsers are taken", async () => {
    const config = ["PubkeyAcceptedAlgorithms webauthn-sk-ecdsa-sha2-nistp256@openssh.com"];
    const answer = await probeWith(config, uncertainKeys.ecdsaSecurityKey.line);
    expect(answer).toMatchObject({ accepts: "yes" });
  });

  test("answers thirty probes at once where more than two open logins are dropped", async () => {
    const sshd = await startSshd(["MaxStartups 3:100:4"]);
    const key = makeKey();
    sshd.authorize(key.publicKey);
    // Two run at a time, and all time limits begin together.
    const ask = () => probe(sshd.target, key.publicKey, { timeoutMs: 60_000 });
    const answers = await Promise.all(Array.from({ length: 30 }, ask));
    await sshd.close();
    expect(answers.filter(({ accepts }) => accepts === "yes")).toHaveLength(30);
  }, 90_000);

  test("does not say no if public keys are switched off", async () => {
    const answer = await probeWith(["PubkeyAuthentication no", "PasswordAuthentication yes"]);
    expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("takes no public keys") });
  });

  test("does not say no if a password must come first", async () => {
    const answer = await probeWith(["PasswordAuthentication yes", "AuthenticationMethods password,publickey"]);
    expect(answer.accepts).toBe("unknown");
  });

  test("does not say no if sshd ends the connection at a refused key, and says what to change", async () => {
    const sshd = await startSshd(["MaxAuthTries 1"]);
    const answer = await probe(sshd.target, makeKey().publicKey);
    await sshd.close();
    expect(answer).toMatchObject({ accepts: "unknown", reason: expect.stringContaining("has MaxAuthTries 1") });
  });

  test.each([
    [1, "unknown", 2],
    [2, "no", 3],
    [3, "no", 2],
    [4, "no", 1],
  ])(
    "with MaxAuthTries %i answers about an RSA key: %s, after %i connections without a login",
    async (tries, accepts, withoutLogin) => {
      const sshd = await startSshd([`MaxAuthTries ${tries}`]);
      const answer = await probe(sshd.target, makeKey("rsa").publicKey);
      await sshd.close();
      expect(answer).toMatchObject({ accepts, withoutLogin });
    },
  );
});
