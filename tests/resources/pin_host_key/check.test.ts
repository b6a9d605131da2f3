import { gzipSync } from "node:zlib";
import { resources } from "../../../provider/resources";
import { UNKNOWN } from "../../../provider/resources/contract/description";
import { machine } from "../known_machine";
import { closeClouds, startCloud, type TestCloud } from "../world";

const { Instance } = resources;
const agent = { agentSocketPath: "/run/agent" };
const base = { ...machine, pinHostKey: true, connection: agent };
const withHostKey = "#cloud-config\nssh_keys: {ed25519_private: x}\n";

let cloud: TestCloud;
beforeEach(async () => {
  delete process.env["SSH_AUTH_SOCK"];
  cloud = await startCloud();
});
afterEach(closeClouds);

const failures = (more: object) => cloud.run().failures(Instance, { ...base, ...more });

describe("The check of an Instance with pinHostKey refuses", () => {
  test.each([
    ["no connection", { connection: undefined }, "pinHostKey logs in to the new instance. Declare a connection"],
    ["nothing to log in with", { connection: { user: "debian" } }, "Give connection.privateKey, or run an ssh-agent"],
    ["a host key to expect", { connection: { ...agent, hostKey: "SHA256:x" } }, "Remove connection.hostKey."],
    ["an instance that is stopped", { state: "stopped" }, 'Set state: "running", or remove it.'],
    ["an instance without an address", { publicIpAssignment: "none" }, "Set publicIpAssignment or connection.host"],
    ["user data for Ignition", { userData: '{"ignition":{}}' }, "works through cloud-init, which does not understand"],
    ["user data for Windows", { userData: "#ps1\n" }, "works through cloud-init, which does not understand"],
    ["host keys in user data", { userData: withHostKey }, "userData has ssh_keys, which are the host keys"],
    [
      "host keys in JSON",
      { userData: '#cloud-config\n{"ssh_keys":{}}' },
      "userData has ssh_keys, which are the host keys",
    ],
    [
      "host keys in gzip",
      { userData: gzipSync(withHostKey).toString("base64") },
      "userData has ssh_keys, which are the host keys",
    ],
    [
      "host keys in a template",
      { userData: `## template: jinja\n${withHostKey}` },
      "userData has ssh_keys, which are the host keys",
    ],
    [
      "host keys in a part in base64",
      {
        userData:
          'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/cloud-config\n' +
          `Content-Transfer-Encoding: base64\n\n${Buffer.from(withHostKey).toString("base64")}\n--b--\n`,
      },
      "userData has ssh_keys, which are the host keys",
    ],
    [
      "user data that leaves no room for the host key",
      { userData: `#!${"x".repeat(24_000)}` },
      "bytes in base64, and Exoscale accepts 32768",
    ],
  ])("%s", async (_what, more, reason) => {
    expect(await failures(more)).toEqual([expect.stringContaining(`pinHostKey: `)]);
    expect(await failures(more)).toEqual([expect.stringContaining(reason)]);
  });

  test("no user data that leaves just enough room", async () => {
    expect(await failures({ userData: `#!${"x".repeat(23_000)}` })).toEqual([]);
  });

  test("without a word of the user data in its text", async () => {
    expect((await failures({ userData: `${withHostKey}password: hunter2\n` })).join()).not.toContain("hunter2");
  });
});

describe("The check of an Instance with pinHostKey passes", () => {
  test.each([
    ["what is not known yet", { connection: UNKNOWN, userData: UNKNOWN }],
    ["a private key that is not known yet", { connection: { privateKey: UNKNOWN } }],
    ["a value that is not known yet", { pinHostKey: UNKNOWN, connection: undefined }],
    ["a key for logins", { userData: "#cloud-config\nssh_authorized_keys: []\n" }],
    ["a script that mentions host keys", { userData: "#!/bin/sh\n# ssh_keys: none\n" }],
    ["host keys under another name", { userData: "#cloud-config\nwrite_files:\n- content: |\n    ssh_keys: {}\n" }],
  ])("%s", async (_what, more) => {
    expect(await failures(more)).toEqual([]);
  });

  test("any existing instance, and changes nothing there", async () => {
    const last = await cloud.run().create(Instance, machine);
    const news = { ...machine, pinHostKey: true };
    expect(await cloud.run().failures(Instance, news, last)).toEqual([]);
    expect(await cloud.run().diff(Instance, last, news)).toMatchObject({ changes: ["pinHostKey"], replaces: [] });
    const before = cloud.changes().length;
    await cloud.run().update(Instance, last, news);
    expect(cloud.changes().slice(before)).toEqual([]);
  });

  test("inputs without it and sets no default, so that old states show no change", async () => {
    const { inputs } = await cloud.run().check(Instance, machine);
    expect(inputs).not.toHaveProperty("pinHostKey");
  });
});
