import { execFileSync } from "node:child_process";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  generateInjectedKey,
  type InjectedKey,
  injectedKeyIn,
  sameButForKey,
  withInjectedKey,
  withoutInjectedKey,
} from "../../../provider/resources/instance/pin_host_key/injection";
import { describeWithPython, python } from "./python";

const script = "#!/bin/sh\necho 'héllo' >/etc/motd\n";
const config = "#cloud-config\npackages: [nginx]\n";
const mime = [
  'Content-Type: multipart/mixed; boundary="=-="',
  "MIME-Version: 1.0",
  "",
  "--=-=",
  "Content-Type: text/x-shellscript",
  "",
  "#!/bin/sh\necho hello >/etc/motd\n",
  "--=-=",
  "Content-Type: text/cloud-config",
  "Content-Transfer-Encoding: base64",
  "",
  Buffer.from(config).toString("base64"),
  "--=-=--",
  "",
].join("\n");

let key: InjectedKey;
beforeAll(async () => {
  key = await generateInjectedKey();
});

const decoded = (sent: string) => Buffer.from(sent, "base64");

/** Each part that contains no other parts, as Python's email module reads it. */
const parts = `
import email, json, sys
message = email.message_from_string(sys.stdin.buffer.read().decode("utf-8"))
leaves = [part for part in message.walk() if part.get_content_maintype() != "multipart"]
print(json.dumps([[part.get_content_type(), part.get_payload(decode=True).decode("utf-8")] for part in leaves]))
`;
const partsOf = (text: Buffer): [string, string][] =>
  JSON.parse(execFileSync(python ?? "", ["-c", parts], { input: text, encoding: "utf8" }));

describeWithPython("User data with an injected host key, as Python's email module reads it", () => {
  test.each([
    ["a cloud-config", config, [["text/plain", config]]],
    [
      "a cloud-config in JSON",
      '#cloud-config\n{"packages":["nginx"]}',
      [["text/plain", '#cloud-config\n{"packages":["nginx"]}']],
    ],
    ["a script that is not in ASCII", script, [["text/plain", script]]],
    ["a script with line ends of Windows", "#!/bin/sh\r\ntrue\r\n", [["text/plain", "#!/bin/sh\r\ntrue\r\n"]]],
    ["a template", "## template: jinja\n#cloud-config\n{}", [["text/plain", "## template: jinja\n#cloud-config\n{}"]]],
    [
      "an include without a line end",
      "#include\nhttps://example.org/a",
      [["text/plain", "#include\nhttps://example.org/a"]],
    ],
    ["base64 of a cloud-config", Buffer.from(config).toString("base64"), [["text/plain", config]]],
  ])("has the program's part unchanged, and then the provider's: %s", (_what, userData, before) => {
    const read = partsOf(decoded(withInjectedKey(userData, key)));
    expect(read.slice(0, -1)).toEqual(before);
    expect(read.at(-1)).toEqual([
      "text/cloud-config",
      expect.stringMatching(/^#cloud-config\n# exoscale-ssh: .*\n\{"merge_how"/),
    ]);
  });

  test("has the parts of a message unchanged", () => {
    const read = partsOf(decoded(withInjectedKey(mime, key)));
    expect(read.slice(0, -1)).toEqual(partsOf(Buffer.from(mime)));
    expect(read.slice(0, -1).map(([type]) => type)).toEqual(["text/x-shellscript", "text/cloud-config"]);
  });

  test("is compressed as a whole if the program's was", () => {
    const sent = withInjectedKey(gzipSync(mime).toString("base64"), key);
    expect(partsOf(gunzipSync(decoded(sent)))).toHaveLength(3);
  });
});

describe("A host key in user data", () => {
  const given = [undefined, config, script, mime, gzipSync(config).toString("base64")];

  test("has a plain cloud-config if the program gives no user data", () => {
    const [first, , json = "{}"] = decoded(withInjectedKey(undefined, key)).toString().split("\n");
    expect(first).toBe("#cloud-config");
    const { ed25519_private, ed25519_public } = JSON.parse(json).ssh_keys;
    expect({ privateKey: ed25519_private, publicKey: ed25519_public }).toEqual(key);
  });

  test.each(given)("is found there (%#)", (userData) => {
    expect(injectedKeyIn(withInjectedKey(userData, key))).toEqual(key);
  });

  test.each(given)("does not count when two of them are compared (%#)", async (userData) => {
    const other = withInjectedKey(userData, await generateInjectedKey());
    const [mine, theirs] = [withInjectedKey(userData, key), withInjectedKey(`${config}# changed`, key)];
    expect([sameButForKey(mine, other), sameButForKey(mine, theirs)]).toEqual([true, false]);
  });

  test("distinguishes user data with one from user data without", () => {
    expect(sameButForKey(withInjectedKey(config, key), withoutInjectedKey(config))).toBe(false);
    expect([sameButForKey(undefined, undefined), sameButForKey(undefined, "IyE=")]).toEqual([true, false]);
  });

  test("is replaced by the program's user data, or by a cloud-config that does nothing", () => {
    expect(decoded(withoutInjectedKey(config)).toString()).toBe(config);
    expect(decoded(withoutInjectedKey(undefined)).toString()).toBe("#cloud-config\n{}");
    expect(injectedKeyIn(withoutInjectedKey(undefined))).toBeUndefined();
  });
});
