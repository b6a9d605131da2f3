/** The outputs `knownHosts` and `sshConfig` as files of the real OpenSSH client, for every kind of host key. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostKeyKind } from "../../emulator";
import { resources } from "../../provider/resources";
import { describeGuests } from "../emulator/guest_kinds";
import { ssh, trustOnly, wordsOf } from "../ssh/real_ssh";
import { identity, unnamedMachine } from "./known_machine";
import { closeClouds, startCloud } from "./world";

const { Instance, SshKeyPair } = resources;
const machine = { ...unnamedMachine, identity };

/** A host key that no machine has. */
const otherKey = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openssh-files-"));
});

afterEach(async () => {
  await closeClouds();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string | undefined): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text ?? "");
  return file;
}

describeGuests((guests) => {
  /** A machine whose sshd answers, and the private key that opens it. */
  async function machineWith(hostKeys: readonly HostKeyKind[]) {
    const cloud = await startCloud({ guests, hostKeys, zones: ["ch-gva-2"] });
    cloud.emulator.cloud.openSsh();
    const run = cloud.run();
    const { state: key } = await run.create(SshKeyPair, { name: "alice", algorithm: "ed25519", identity });
    const sshKeys = [{ name: "alice", publicKeyOpenssh: key.publicKeyOpenssh }];
    const { state } = await run.create(Instance, { ...machine, name: "web", sshKeys, waitForSsh: true });
    const guest = await cloud.emulator.cloud.guest(state.instanceId);
    return { ...state, guest, port: String(guest.port), privateKey: key.privateKeyOpenssh ?? "" };
  }

  test.each<HostKeyKind[][]>([[["ed25519"]], [["ecdsa"]], [["rsa"]], [["rsa", "ecdsa", "ed25519"]]])(
    "knownHosts is enough for a client that trusts no other host key, with host keys %j",
    async (hostKeys) => {
      const { knownHosts, privateKey, publicIp, port } = await machineWith(hostKeys);
      const trust = trustOnly(await write("known_hosts", knownHosts));
      const login = ["-F", "none", ...trust, "-p", port, `debian@${publicIp}`, "hostname"];
      expect(await ssh(privateKey, login)).toEqual({ output: "web", errors: "", status: 0 });
    },
  );

  test("knownHosts makes the client refuse another machine at the same address", async () => {
    const { knownHosts, privateKey, publicIp, port } = await machineWith(["ed25519"]);
    const other = (knownHosts ?? "").replace(/AAAA\S+/, otherKey);
    const trust = trustOnly(await write("known_hosts", other));
    const { status, errors } = await ssh(privateKey, [
      "-F",
      "none",
      ...trust,
      "-p",
      port,
      `debian@${publicIp}`,
      "true",
    ]);
    expect(status).toBe(255);
    expect(errors).toContain("Host key verification failed");
  });

  /**
   * Runs a pasted line in a shell of a user who has never seen the machine. Nobody is there to answer a question, unless
   * somebody trusts every stranger (`accept-new`).
   */
  async function paste(line: string, privateKey: string, knownHosts = "", answer: "ask" | "accept-new" = "ask") {
    const config = ["-F", "none", "-o", `UserKnownHostsFile=${await write("seen", knownHosts)}`];
    const options = [...config, "-o", "GlobalKnownHostsFile=/dev/null", "-o", `StrictHostKeyChecking=${answer}`];
    return ssh(privateKey, [...options, ...wordsOf(line)]);
  }

  test.each<HostKeyKind[][]>([[["ed25519"]], [["ecdsa"]], [["rsa"]], [["rsa", "ecdsa", "ed25519"]]])(
    "sshCommand asks no question at the first login, with host keys %j",
    async (hostKeys) => {
      const { sshCommand, privateKey } = await machineWith(hostKeys);
      expect(await paste(`${sshCommand} hostname`, privateKey)).toEqual({ output: "web", errors: "", status: 0 });
    },
  );

  test("sshCommand logs in to a machine at an address where another one was known", async () => {
    const { sshCommand, knownHosts = "", privateKey } = await machineWith(["ed25519"]);
    const other = knownHosts.replace(/AAAA\S+/, otherKey);
    expect(await paste(`${sshCommand} hostname`, privateKey, other)).toMatchObject({ output: "web", status: 0 });
  });

  test.each<[string, HostKeyKind[]]>([
    ["a key of the same kind", ["ed25519"]],
    ["a key of another kind", ["rsa"]],
  ])("sshCommand refuses another machine at the same address without a question: it has %s", async (_, hostKeys) => {
    const { sshCommand = "", privateKey } = await machineWith(hostKeys);
    const expecting = sshCommand.replace(/(ssh-\S+) AAAA[^"]+/, `ssh-ed25519 ${otherKey}`);
    const line = `${expecting.replace(/rsa-sha2\S+/, "ssh-ed25519")} true`;
    const { status } = await paste(line, privateKey, "", "accept-new");
    expect(status).toBe(255);
  });

  test("sshConfig asks no question at the first login", async () => {
    const { sshConfig, privateKey } = await machineWith(["ed25519"]);
    const options = ["-o", `UserKnownHostsFile=${await write("seen", "")}`, "-o", "StrictHostKeyChecking=ask"];
    const login = ["-F", await write("config", sshConfig), ...options, "web", "hostname"];
    expect(await ssh(privateKey, login)).toEqual({ output: "web", errors: "", status: 0 });
  });

  test("sshConfig is enough for the client to find the machine by its name", async () => {
    const { knownHosts, sshConfig, privateKey } = await machineWith(["ed25519"]);
    const trust = trustOnly(await write("known_hosts", knownHosts));
    const login = ["-F", await write("config", sshConfig), ...trust, "web", "hostname; id -un"];
    expect(await ssh(privateKey, login)).toEqual({ output: "web\ndebian", errors: "", status: 0 });
  });
});
