import { gunzipSync, gzipSync } from "node:zlib";
import { resources } from "../../provider/resources";
import { UNKNOWN } from "../../provider/resources/contract/description";
import { Client } from "../emulator/world";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

const { Instance } = resources;
const cloudConfig = "#cloud-config\npackages: [nginx]\nwrite_files: [{ path: /etc/motd, content: Grüezi 🧀 }]\n";
const base64 = (content: string | Buffer) => Buffer.from(content).toString("base64");

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(closeClouds);

/** Creates an instance. @returns its user data in the API, decoded once */
async function sendUserData(userData: string): Promise<Buffer> {
  await cloud.run().create(Instance, { ...machine, userData });
  return Buffer.from(String(cloud.instance()["user-data"]), "base64");
}

describe("User data reaches the instance encoded once", () => {
  test.each([
    ["as plain text", cloudConfig],
    ["as base64 of it", base64(cloudConfig)],
    ["as base64 in lines of 76, as base64(1) writes it", `${base64(cloudConfig).replace(/.{76}/g, "$&\n")}\n`],
  ])("%s", async (_how, userData) => {
    expect((await sendUserData(userData)).toString()).toBe(cloudConfig);
  });

  test("as base64 of gzip, the same bytes", async () => {
    const packed = gzipSync(cloudConfig);
    const arrived = await sendUserData(base64(packed));
    expect(arrived).toEqual(packed);
    expect(gunzipSync(arrived).toString()).toBe(cloudConfig);
  });

  test.each([
    ["a script", "#!/bin/sh\nid\n"],
    ["MIME", "Content-Type: multipart/mixed; boundary=x\nMIME-Version: 1.0\n"],
    ["MIME with its headers swapped", "MIME-Version: 1.0\nContent-Type: text/plain\n"],
    ["YAML with a document marker", "---\n#cloud-config\npackages: [nginx]\n"],
    ["Ignition", '{ "ignition": { "version": "3.4.0" } }'],
    ["PowerShell for cloudbase-init", "<powershell>\nGet-Date\n</powershell>"],
    ["a script after a byte order mark", "\ufeff#!/bin/sh\n"],
  ])("in either form when it is %s", async (_what, text) => {
    expect((await sendUserData(text)).toString()).toBe(text);
    const last = await cloud.run().create(Instance, { ...machine, userData: text });
    const diff = await cloud.run().diff(Instance, last, { ...machine, userData: base64(text) });
    expect(diff.changes).toEqual([]);
  });
});

describe("User data counts as text", () => {
  test.each([
    ["that has letters and digits only", "password"],
    ["that is base64 of something that no first-boot agent knows", base64("the door code is 4711")],
    ["that begins like base64 and continues otherwise", `${base64(cloudConfig)} #`],
    ["that is base64 with bits that no encoder sets", "I2=="],
  ])("%s", async (_what, userData) => {
    expect((await sendUserData(userData)).toString()).toBe(userData);
  });
});

describe("User data that is base64 of something unknown, and so encoded twice,", () => {
  const secret = "config:\n  password: 4711\n";
  const warned = [
    'userData of instance "web" is base64 of something that no known first-boot agent reads, so it is encoded again, as ' +
      "text: the machine gets the base64 itself. If it should get the content instead, give that as text, or as base64 " +
      "of gzip.",
  ];

  test.each([
    ["text", base64(secret)],
    ["zstd", base64(Buffer.from("28b52ffd0458d100006e6f74207a73746420666f72207265616c", "hex"))],
    ["text, in lines,", `${base64(secret).replace(/.{16}/g, "$&\r\n")}\n`],
  ])("is sent with a warning when it is %s and an instance is created", async (_what, userData) => {
    const run = cloud.run();
    await run.create(Instance, { ...machine, userData });
    expect(run.warnings).toEqual(warned);
  });

  test("is sent with a warning when it changes, and without one when it does not", async () => {
    const last = await cloud.run().create(Instance, { ...machine, userData: cloudConfig });
    const [first, second] = [cloud.run(), cloud.run()];
    const changed = await first.update(Instance, last, { ...machine, userData: base64(secret) });
    await second.update(Instance, changed, { ...machine, userData: base64(secret), labels: { tier: "web" } });
    expect([first.warnings, second.warnings]).toEqual([warned, []]);
  });

  test.each([
    ["short enough to be a word", "password"],
    ["words of letters only", "four words are letters and blanks only"],
    ["for a known agent", base64(cloudConfig)],
    ["cut off", base64(secret).slice(0, 30)],
  ])("does not cause the warning when it is %s", async (_what, userData) => {
    const run = cloud.run();
    await run.create(Instance, { ...machine, userData });
    expect(run.warnings).toEqual([]);
  });
});

describe("The limit of 32,768 bytes counts what is sent:", () => {
  const ofBytes = (bytes: number) => `#${"x".repeat(bytes - 1)}`;

  test("24,576 bytes of text fit, and one more does not", async () => {
    expect(await cloud.run().failures(Instance, { ...machine, userData: ofBytes(24_576) })).toEqual([]);
    expect((await sendUserData(ofBytes(24_576))).length).toBe(24_576);
    expect(await cloud.run().failures(Instance, { ...machine, userData: ofBytes(24_577) })).toEqual([
      expect.stringMatching(/^userData: User data has 24577 bytes, 32772 in base64; Exoscale accepts 32768 in base64/),
    ]);
  });

  test("the same in base64 fits, and one byte more does not", async () => {
    const failures = (bytes: number) =>
      cloud.run().failures(Instance, { ...machine, userData: base64(ofBytes(bytes)) });
    expect(await failures(24_576)).toEqual([]);
    expect(await failures(24_577)).toEqual([expect.stringMatching(/^userData: User data has 32772 bytes, 32772 in/)]);
  });

  test("characters of several bytes count as several", async () => {
    const userData = `#${"ü".repeat(12_288)}`;
    expect(await cloud.run().failures(Instance, { ...machine, userData })).toEqual([
      expect.stringMatching(/^userData: User data has 24577 bytes/),
    ]);
  });

  test("empty user data is refused", async () => {
    expect(await cloud.run().failures(Instance, { ...machine, userData: "" })).toEqual([
      "userData: User data is empty. Leave it out.",
    ]);
  });
});

describe("A refresh shows user data", () => {
  const found = async (userData: string, now: string) => {
    const last = await cloud.run().create(Instance, { ...machine, userData });
    await new Client(cloud.emulator).settle("PUT", `/instance/${last.state.instanceId}`, { "user-data": now });
    return (await cloud.run().found(Instance, last)).inputs.userData;
  };

  test.each([
    ["in the program's form while it is the same", base64(cloudConfig), base64(cloudConfig), base64(cloudConfig)],
    ["as text when somebody changed it", base64(cloudConfig), base64("#!/bin/sh\n# ü"), "#!/bin/sh\n# ü"],
    ["in base64 when it is not UTF-8", cloudConfig, base64(gzipSync("#")), base64(gzipSync("#"))],
  ])("%s", async (_what, before, now, shown) => {
    expect(await found(before, now)).toBe(shown);
  });
});

test("User data in another form is no change; other user data is one, and so is unknown user data", async () => {
  const last = await cloud.run().create(Instance, { ...machine, userData: cloudConfig });
  const changes = async (userData: unknown) =>
    (await cloud.run().diffChecked(Instance, last, { ...last.state, state: "running", userData })).changes;
  expect(await changes(base64(cloudConfig))).toEqual([]);
  expect(await changes("#cloud-config\n")).toEqual(["userData"]);
  expect(await changes(UNKNOWN)).toEqual(["userData"]);
});

test("An update to another form sends nothing and keeps the new form in the state", async () => {
  const last = await cloud.run().create(Instance, { ...machine, userData: cloudConfig });
  const soFar = cloud.changes();
  const { state } = await cloud.run().update(Instance, last, { ...machine, userData: base64(cloudConfig) });
  expect(state.userData).toBe(base64(cloudConfig));
  expect(cloud.changes()).toEqual(soFar);
});
