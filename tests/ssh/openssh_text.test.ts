import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostKeyFromBlob } from "../../provider/ssh/connection/host_key";
import { knownHostsLine, sshCommand, sshConfig } from "../../provider/ssh/openssh_text";

const web = { host: "192.0.2.7", port: 22, user: "debian" };
const blob = "AAAAC3NzaC1lZDI1NTE5AAAAILOGw7KWi38vgi8cpfgYtj2TrKjTZ6ZVGX9kZ8Fb7fOE";
const hostKey = hostKeyFromBlob(Buffer.from(blob, "base64"));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssh-text-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("a known_hosts line", () => {
  test("names the bare host on port 22", () => {
    expect(knownHostsLine(web, hostKey)).toBe(`192.0.2.7 ssh-ed25519 ${blob}`);
  });

  test("names host and port in brackets on any other port", () => {
    expect(knownHostsLine({ ...web, port: 2222 }, hostKey)).toBe(`[192.0.2.7]:2222 ssh-ed25519 ${blob}`);
  });

  test("is not built for a host that would make a second line", () => {
    expect(() => knownHostsLine({ ...web, host: "a\nb" }, hostKey)).toThrow("is no host");
  });

  test.each([
    [{ ...web }, "192.0.2.7"],
    [{ ...web, port: 2222 }, "[192.0.2.7]:2222"],
    [{ ...web, host: "2001:db8::7" }, "2001:db8::7"],
    [{ ...web, host: "2001:db8::7", port: 2222 }, "[2001:db8::7]:2222"],
  ])("is found by ssh-keygen: %j", (target, name) => {
    const file = write("known_hosts", `${knownHostsLine(target, hostKey)}\n`);
    expect(spawnSync("ssh-keygen", ["-F", name, "-f", file]).status).toBe(0);
  });
});

describe("the command to log in", () => {
  test("has no port on port 22 and one on any other", () => {
    expect(sshCommand(web)).toBe("ssh debian@192.0.2.7");
    expect(sshCommand({ ...web, port: 2222 })).toBe("ssh -p 2222 debian@192.0.2.7");
  });

  test("goes through a bastion, as the user of the bastion", () => {
    expect(sshCommand(web, { bastion: { host: "192.0.2.1", port: 22, user: "me" } })).toBe(
      "ssh -J me@192.0.2.1:22 debian@192.0.2.7",
    );
  });

  test("keeps the brackets of a bastion's IPv6 address from the shell", () => {
    const bastion = { host: "2001:db8::1", port: 2200, user: "me" };
    expect(sshCommand(web, { bastion })).toBe("ssh -J 'me@[2001:db8::1]:2200' debian@192.0.2.7");
  });

  test("protects a user name from the shell", () => {
    expect(sshCommand({ ...web, user: "corp\\web$" })).toBe("ssh 'corp\\web$@192.0.2.7'");
  });

  test("expects a host key that is known, in a way that older clients ignore", () => {
    expect(sshCommand({ ...web, port: 2222 }, { hostKey })).toBe(
      'ssh -p 2222 debian@192.0.2.7 -o "IgnoreUnknown=*" ' +
        `-o "KnownHostsCommand=/bin/echo [192.0.2.7]:2222 ssh-ed25519 ${blob}" -o HostKeyAlgorithms=ssh-ed25519`,
    );
  });

  test.each([
    [web, `192.0.2.7 ssh-rsa ${blob}`],
    [{ ...web, host: "fe80::1%eth0", port: 2222 }, `[fe80::1%%eth0]:2222 ssh-rsa ${blob}`],
  ])("is read by ssh, from a shell, with the host key: %j", (target, line) => {
    const command = sshCommand(target, { hostKey: { ...hostKey, type: "ssh-rsa" } });
    const settings = execFileSync("sh", ["-c", `${command} -G -F none`], { encoding: "utf8" }).split("\n");
    expect(settings).toContain(`knownhostscommand /bin/echo ${line}`);
    expect(settings).toContain("hostkeyalgorithms rsa-sha2-512,rsa-sha2-256");
  });

  test("is taken by a client that does not know the setting, and one whose user ignores another", () => {
    const command = sshCommand(web, { hostKey }).replace("KnownHostsCommand", "SettingOfTheFuture");
    const config = write("config", "IgnoreUnknown UseKeychain\nUseKeychain yes\nPort 2222\n");
    const settings = execFileSync("sh", ["-c", `${command} -G -F ${config}`], { encoding: "utf8" });
    expect(settings).toContain("\nport 2222\n");
  });

  test.each(["-oProxyCommand=x", "a b", "a;b", "a'b", ""])("is not built for the user name %j", (user) => {
    expect(() => sshCommand({ ...web, user })).toThrow("is no user name");
  });

  test.each(["-x", "a b", "$(x)", "a/b", ""])("is not built for the host %j", (host) => {
    expect(() => sshCommand({ ...web, host })).toThrow("is no host");
  });
});

describe("a Host block", () => {
  const read = (text: string) =>
    execFileSync("ssh", ["-G", "-F", write("config", text), "web"], { encoding: "utf8", stdio: "pipe" });

  test("is read by ssh as host, port and user", () => {
    const settings = read(sshConfig("web", { ...web, port: 2222 })).split("\n");
    expect(settings).toEqual(expect.arrayContaining(["hostname 192.0.2.7", "port 2222", "user debian"]));
  });

  test("is read by ssh with a key file whose name has blanks", () => {
    const settings = read(sshConfig("web", web, { identityFile: "/home/me/my keys/100% #1" })).split("\n");
    expect(settings).toEqual(expect.arrayContaining(["identityfile /home/me/my keys/100%% #1", "identitiesonly yes"]));
  });

  test("is read by ssh as one that only trusts the known hosts given", () => {
    const settings = read(sshConfig("web", web, { knownHostsFile: "/tmp/hosts" })).split("\n");
    expect(settings).toEqual(expect.arrayContaining(["userknownhostsfile /tmp/hosts", "stricthostkeychecking true"]));
  });

  test.each([
    ["192.0.2.1", "me@[192.0.2.1]:2200"],
    ["2001:db8::1", "me@[2001:db8::1]:2200"],
  ])("is read by ssh with a bastion at %s", (host, expected) => {
    const settings = read(sshConfig("web", web, { bastion: { host, port: 2200, user: "me" } }));
    expect(settings).toContain(`proxyjump ${expected}\n`);
  });

  test("is read by ssh with the host key", () => {
    const settings = read(sshConfig("web", { ...web, port: 2222 }, { hostKey })).split("\n");
    const command = `knownhostscommand /bin/echo [192.0.2.7]:2222 ssh-ed25519 ${blob}`;
    expect(settings).toEqual(expect.arrayContaining([command, "hostkeyalgorithms ssh-ed25519"]));
  });

  test("has the usual form", () => {
    expect(sshConfig("web", web)).toBe("Host web\n  HostName 192.0.2.7\n  Port 22\n  User debian\n");
  });

  test.each(["a b", "*", "-x", "a\nb"])("is not built for the alias %j", (alias) => {
    expect(() => sshConfig(alias, web)).toThrow("is no alias");
  });

  test("is not built for a file name with a line break", () => {
    expect(() => sshConfig("web", web, { identityFile: "a\nProxyCommand x" })).toThrow("cannot be written");
  });
});
