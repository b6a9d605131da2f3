import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { KeyFolder } from "./key_folder";
import { alice } from "./known_keys";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { SshKeyPair } = resources;

let cloud: TestCloud;
let folder: KeyFolder;
let privateKeyFile: string;
beforeEach(async () => {
  cloud = await startCloud();
  folder = new KeyFolder();
  privateKeyFile = folder.path("key");
});
afterEach(async () => {
  folder.dispose();
  await closeClouds();
});

const failures = (news: object) => cloud.run().failures(SshKeyPair, { name: "alice", ...news });

describe("A preview refuses a privateKeyFile", () => {
  test.each([
    ["that is empty", "", /^privateKeyFile: A path has at least one character and no control characters, got ""$/],
    ["of two lines", "a\nb", /^privateKeyFile: A path has at least one character and no control characters/],
    ["that is a directory by its name", "keys/", /^privateKeyFile: "keys\/" is a directory by its name/],
    ["in somebody else's home", "~bob/key", /^privateKeyFile: .* but only ~\/ is expanded/],
    ["that is a directory", "/tmp", /^privateKeyFile: "\/tmp" is a directory; give the path of a file in it\.$/],
    [
      "below a file",
      "package.json/key",
      /^privateKeyFile: "package.json\/key" cannot be read: a part of the path is a file/,
    ],
  ])("%s", async (_what, path, reason) => {
    expect(await failures({ privateKeyFile: path })).toEqual([expect.stringMatching(reason)]);
  });

  test("with an imported public key, because there is no private key to write", async () => {
    expect(await failures({ privateKeyFile, publicKey: alice.line })).toEqual([
      expect.stringMatching(/^privateKeyFile: .*only a public key is imported/),
    ]);
  });

  test("with an imported private key, which is always in the state", async () => {
    const { openssh } = await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }));
    expect(await failures({ privateKeyFile, privateKey: openssh })).toEqual([
      expect.stringMatching(/^privateKeyFile: An imported private key is always in the state/),
    ]);
  });

  test("with adopt, because a new key cannot be registered already", async () => {
    expect(await failures({ privateKeyFile, adopt: true })).toEqual([expect.stringMatching(/^adopt: /)]);
  });

  test("that holds a private key, with its fingerprint and without its text", async () => {
    const key = await generatePrivateKey({ algorithm: "ed25519" });
    const { openssh } = await encodePrivateKey(key, { passphrase: "unknown to the stack" });
    folder.write("key", openssh);
    const [failure, ...more] = await failures({ privateKeyFile });
    expect(failure).toContain(`exists and holds the private key ${key.publicKey().fingerprintSha256}. A file is never`);
    expect([more, failure?.includes(openssh.split("\n")[1] ?? "")]).toEqual([[], false]);
  });

  test("that holds a private key, which may be the only copy of a key in use", async () => {
    folder.write("key", (await encodePrivateKey(await generatePrivateKey({ algorithm: "ed25519" }))).openssh);
    expect(await failures({ privateKeyFile })).toEqual([
      expect.stringMatching(
        /the only copy of a key in use.* Delete it only if no key pair and no machine has that fingerprint\.$/,
      ),
    ]);
  });

  test("that holds anything else", async () => {
    folder.write("key", "notes\n");
    expect(await failures({ privateKeyFile })).toEqual([expect.stringContaining("does not hold a readable key")]);
  });
});

describe("A preview accepts", () => {
  test("an unknown path, a new path, and a path whose folders do not exist", async () => {
    expect(await failures({ privateKeyFile: UNKNOWN })).toEqual([]);
    expect(await failures({ privateKeyFile })).toEqual([]);
    expect(await failures({ privateKeyFile: folder.path("a/b/key") })).toEqual([]);
    expect(folder.names()).toEqual([]);
  });
});

describe("A preview of a change refuses", () => {
  test.each([
    ["new triggers", { triggers: [2] }, "triggers"],
    ["another algorithm", { algorithm: "ecdsa" }, "algorithm, ecdsaCurve"],
    ["another name", { name: "bob" }, "name"],
  ])("%s with the same path, and says to change the path as well", async (_what, news, named) => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    const failed = await cloud.run().failures(SshKeyPair, { name: "alice", privateKeyFile, ...news }, last);
    expect(failed).toEqual([
      `privateKeyFile: Changing ${named} makes a new pair, and "${privateKeyFile}" holds the private key of the old one, ` +
        "which is never overwritten. Change privateKeyFile as well, for example to a name that contains the trigger.",
    ]);
  });

  test("a forced replacement with the same path, because the check of the new pair finds the file", async () => {
    await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    expect(await failures({ privateKeyFile })).toEqual([expect.stringContaining("A file is never overwritten")]);
  });

  test.each([
    ["comment", { comment: "new" }],
    ["passphrase", { passphrase: "new" }],
    ["path", { privateKeyFile: "moved" }],
    ["path, which is taken away", { privateKeyFile: undefined }],
  ])(
    "another %s if the file is not on this machine",
    async (_what, { privateKeyFile: name = "", ...news }: Record<string, string | undefined>) => {
      const last = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
      folder.lose("key");
      const path = "comment" in news || "passphrase" in news ? privateKeyFile : name ? folder.path(name) : undefined;
      const failed = await cloud.run().failures(SshKeyPair, { name: "alice", privateKeyFile: path, ...news }, last);
      expect(failed).toEqual([
        expect.stringContaining(`"${privateKeyFile}" on this machine does not hold the private key`),
      ]);
    },
  );

  test("a third path, and mentions the second one, where an interrupted update may have put the file", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    folder.lose("key");
    const failed = await cloud
      .run()
      .failures(SshKeyPair, { name: "alice", privateKeyFile: folder.path("third") }, last);
    expect(failed.join()).toMatch(
      /If an update to another privateKeyFile was interrupted, the key may be there: set that path again, /,
    );
  });

  test("a move to a path that is a directory", async () => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    const failed = await cloud.run().failures(SshKeyPair, { name: "alice", privateKeyFile: folder.path(".") }, last);
    expect(failed).toEqual([expect.stringContaining("is a directory; give the path of a file in it")]);
  });
});

describe("A preview of a change accepts", () => {
  test.each([
    ["triggers that are not known yet", { triggers: [UNKNOWN] }],
    ["a comment that is not known yet", { comment: UNKNOWN }],
    ["another onDelete", { onDelete: "refuse" }],
    ["nothing new", {}],
  ])("%s, with the same path and without the file", async (_what, news) => {
    const last = await cloud.run().create(SshKeyPair, { name: "alice", privateKeyFile });
    folder.lose("key");
    expect(await cloud.run().failures(SshKeyPair, { name: "alice", privateKeyFile, ...news }, last)).toEqual([]);
  });
});
