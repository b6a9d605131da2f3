/** Several credentials, the right one last, on an sshd that allows few failed tries in a connection (MaxAuthTries). */
import { parsePublicKey } from "../../../provider/keys/public_key";
import { connect } from "../../../provider/ssh/connection/connect";
import { failure } from "../change_keys/host";
import { describeWithSshd, startSshd } from "../openssh_server";
import { makeKey } from "../test_keys";

const [wrong, alsoWrong, right] = [makeKey(), makeKey(), makeKey()];
const nameOf = ({ publicKey }: typeof right) => parsePublicKey(publicKey).fingerprintSha256;

describeWithSshd("A real OpenSSH sshd", () => {
  const logIn = async (tries: number, keys: readonly (typeof right)[]) => {
    const sshd = await startSshd([`MaxAuthTries ${tries}`]);
    sshd.authorize(right.publicKey);
    try {
      const session = await connect(sshd.target, keys, { knownHostKeys: [sshd.hostKey("ed25519")] });
      session.close();
      return session.loggedInKey;
    } finally {
      await sshd.close();
    }
  };

  test("with MaxAuthTries 2 lets in with the second of two keys", async () => {
    expect(await logIn(2, [wrong, right])).toBe(nameOf(right));
  });

  test.each([
    [1, [wrong, right]],
    [2, [wrong, alsoWrong, right]],
  ] as const)("with MaxAuthTries %i is not said to refuse the key after its last try", async (tries, keys) => {
    const message = await failure(logIn(tries, keys));
    expect(message).toMatch(/^SshLoginRefusedError: \S+ let none of these \d in: /);
    expect(message).toContain(`its MaxAuthTries is ${tries}`);
    expect(message).toContain(`1 were not tried: ${nameOf(right)} (ssh-ed25519).`);
  });
});
