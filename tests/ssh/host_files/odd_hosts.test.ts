/** Hosts that talk without being asked, give no shell, or let nobody become root: on a guest with a real sshd. */
import { once } from "node:events";
import { readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SshSession } from "../../../provider/ssh/connection/session";
import { type HostFacts, inspectHost } from "../../../provider/ssh/host_files/inspect_host";
import { readHostFiles } from "../../../provider/ssh/host_files/read";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { closeSessions, type GuestHost, guestHost } from "./guest_host";

const FILE = ".ssh/authorized_keys";

describeSshd("On a guest with a real sshd,", () => {
  let host: GuestHost;
  let text: string;
  beforeEach(async () => {
    host = await guestHost("sshd");
    text = await host.guest.authorizedKeys();
  });
  afterEach(async () => {
    closeSessions();
    await closeAll();
  });

  /** A file of the guest, seen from outside. */
  const inGuest = (path: string) => join(host.guest.home(), "../..", path);

  function setShell(shell: string) {
    const passwd = readFileSync(inGuest("etc/passwd"), "utf8");
    writeFileSync(inGuest("etc/passwd"), passwd.replace(/^(debian:.*:).*$/m, `$1${shell}`));
  }

  async function inspected(users = ["debian", "root"]): Promise<[SshSession, HostFacts]> {
    const session = await host.session();
    return [session, await inspectHost(session, users)];
  }

  test("output before, between and after the answer does no harm", async () => {
    setShell("/bin/bash");
    writeFileSync(inGuest("home/debian/.bashrc"), "echo Welcome=1; echo to you >&2; trap 'echo Bye; exit 7' EXIT\n");
    writeFileSync(inGuest("home/debian/.ssh/rc"), "echo Last login: today\n");
    const [session, facts] = await inspected();
    expect((await session.exec("true")).stdout).toMatch(/Last login: today\n.*Welcome=1\nBye\n$/s);
    const [file] = await readHostFiles(session, facts, "debian", [FILE]);
    expect(file?.bytes.toString()).toBe(text);
    expect(await replaceFileAtomically(session, facts, "root", FILE, undefined, Buffer.from("new"))).toEqual({
      outcome: "changed",
    });
  });

  test.each([
    ["the shell is nologin", () => setShell("/usr/sbin/nologin"), /This account is currently not available/],
    ["the key's line has a forced command", () => force('command="echo only this"'), /its output: only this/],
  ])("where %s, the error says that there is no shell", async (_, prepare, words) => {
    await prepare();
    await expect(inspected()).rejects.toMatchObject({ code: "SSH_NO_SHELL", message: expect.stringMatching(words) });
  });

  const force = (options: string) => host.guest.writeAuthorizedKeys(`${options} ${host.key.publicKey}\n`);

  describe("where sudo refuses,", () => {
    beforeEach(() =>
      writeFileSync(inGuest("bin/sudo"), "#!/bin/sh\necho 'sudo: a password is required' >&2; exit 1\n"),
    );

    test("an inspection has the host's own words about that and about sshd", async () => {
      const [, facts] = await inspected();
      expect(facts).toMatchObject({ becomeRefusal: expect.stringMatching(/^sudo: a password is required/) });
      expect([facts.become, facts.sshdSettings.size]).toEqual([undefined, 0]);
      expect(facts.sshdRefusal).toMatch(/no hostkeys available|Permission denied/);
    });

    test("an inspection has the configuration of sshd, with included files in place", async () => {
      const session = await host.session("root");
      await session.exec(
        "/bin/sh",
        `mkdir /etc/ssh/more.d; cd /etc/ssh
printf '# End of the included file\\nMatch user bob\\n  AuthorizedKeysFile /keys/%%u\\n' >more.d/a.conf
printf 'StrictModes no' >more.d/b.conf
printf 'Include /etc/ssh/more.d/*.conf\\r\\nPort 2222\\r\\n' >sshd_config`,
      );
      const [, facts] = await inspected();
      expect(facts.sshdConfig?.split("\n")).toEqual([
        ...["# Included file", "Match user bob", "  AuthorizedKeysFile /keys/%u", "# End of the included file"],
        ...["# Included file", "StrictModes no", "# End of the included file"],
        ...["Port 2222", ""],
      ]);
    });

    test("the user's own file is replaced, and another user's is neither read nor written", async () => {
      const [session, facts] = await inspected();
      const outcome = await replaceFileAtomically(
        session,
        facts,
        "debian",
        FILE,
        Buffer.from(text),
        Buffer.from("new"),
      );
      expect(outcome).toMatchObject({ outcome: "written" });
      const [other] = await readHostFiles(session, facts, "root", ["/root/.ssh/authorized_keys", "/root/.ssh/*.pub"]);
      expect(other).toMatchObject({ status: "unreadable", reason: "Permission denied" });
      expect(await replaceFileAtomically(session, facts, "root", FILE, undefined, Buffer.from("new"))).toEqual({
        outcome: "failed",
        reason: expect.stringMatching(/^cannot act as root: sudo: a password is required/),
      });
    });
  });

  test("if sudo stops working after the inspection, files are unreadable and have the reason", async () => {
    const [session, facts] = await inspected();
    writeFileSync(inGuest("bin/sudo"), "#!/bin/sh\necho 'sudo: a password is required' >&2; exit 1\n");
    const [file] = await readHostFiles(session, facts, "root", [FILE]);
    expect(file).toMatchObject({ status: "unreadable", reason: "sudo: a password is required" });
    expect(await replaceFileAtomically(session, facts, "root", FILE, undefined, Buffer.from("new"))).toEqual({
      outcome: "failed",
      reason: "sudo: a password is required",
    });
  });

  test("a session that ends while the new file is uploaded leaves everything as it was", async () => {
    const [session, facts] = await inspected();
    const watcher = watch(inGuest("home/debian/.ssh"));
    const begun = once(watcher, "change");
    const replacing = replaceFileAtomically(
      session,
      facts,
      "debian",
      FILE,
      Buffer.from(text),
      Buffer.alloc(12_000_000, "x"),
    );
    const [, name] = await begun;
    session.close();
    watcher.close();
    await expect(replacing).rejects.toMatchObject({ code: "SSH_CONNECTION_LOST" });
    expect(name).toMatch(/^\.authorized_keys\.exoscale-ssh\.[0-9a-f]{32}$/);
    const other = await host.session();
    expect(
      (
        await other.exec(
          "while ls -A .ssh | grep exoscale >/dev/null; do :; done; ls -A .ssh; cat .ssh/authorized_keys",
        )
      ).stdout,
    ).toBe(`authorized_keys\n${text}`);
  });
});
