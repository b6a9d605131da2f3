/** Hosts whose sshd reads other files than their configuration says, as far as we see it: the key that logs in shows that. */
import { examineKey } from "../../../provider/ssh/change_keys/examine_key";
import { describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd, putProgram, refuseSudo, runAsRoot } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { failure, gone, Host, line } from "./host";

const [alice, bob, carol] = [makeKey(), makeKey(), makeKey()];

afterAll(closeAll);

/** The sshd that answers is not the one that runs, and has settings of its own. */
async function hideBySecondSshd({ guest }: Host): Promise<void> {
  await runAsRoot(guest, "grep -v ^Include /etc/ssh/sshd_config >/etc/ssh/other_config");
  await putProgram(guest, "sshd", '#!/bin/sh\nexec /usr/sbin/sshd -f /etc/ssh/other_config "$@"\n');
}

/** As hardened hosts have it. */
async function hideFromUser({ guest }: Host): Promise<void> {
  await runAsRoot(guest, "chmod 600 /etc/ssh/sshd_config");
  await refuseSudo(guest);
}

describeSshd("on a real sshd", () => {
  /** Bob logs in with a line outside the home, where alice may only come from elsewhere. */
  async function start(hide: (host: Host) => Promise<void>, more = ""): Promise<Host> {
    const host = await Host.start("sshd");
    await configureSshd(host.guest, `AuthorizedKeysFile /etc/ssh/keys_of_%u${more}\n`);
    const lines = [`from="192.0.2.1" ${alice.publicKey}`, bob.publicKey, ""].join("\n");
    await runAsRoot(host.guest, "cat >/etc/ssh/keys_of_debian; chmod 644 /etc/ssh/keys_of_debian", lines);
    await hide(host);
    return host;
  }

  test.each([
    ["a second sshd answers", hideBySecondSshd, "Reload sshd if its configuration was changed"],
    ["nobody but root may read the settings", hideFromUser, "Log in as root, or let debian use sudo"],
  ])("where %s, no key counts as closed, and the error says why and what to do", async (_what, hide, remedy) => {
    const host = await start(hide);
    const before = host.files();
    const examined = { user: "debian", publicKeyOpenssh: alice.publicKey };
    expect((await examineKey(host.access([bob]), examined)).status).toBe("refused");
    const message = await failure(host.change(host.access([bob]), { remove: [gone(alice)] }));
    expect(message).toMatch(
      /^KeyUnprovenError: On 127\S+, sshd let debian in with SHA256:\S+, which is in none of the/,
    );
    expect(message).toContain(remedy);
    expect(host.files()).toEqual(before);
  });

  test("files for clients from elsewhere are found in the configuration that sshd names, wherever that is", async () => {
    const host = await Host.start("sshd");
    await host.authorize([bob.publicKey]);
    await hideBySecondSshd(host);
    await runAsRoot(
      host.guest,
      "cat >>/etc/ssh/other_config",
      "Match Address 192.0.2.0/24\n  AuthorizedKeysFile .ssh/elsewhere\n",
    );
    await host.guest.asRoot("cd /home/debian/.ssh; cat >elsewhere; chown debian: elsewhere", `${alice.publicKey}\n`);
    const { removed: lines, notes } = await host.change(host.access([bob]), { remove: [gone(alice)] });
    expect([lines, notes]).toEqual([["/home/debian/.ssh/elsewhere:1"], []]);
  });

  test("a key of another account does not count as closed either", async () => {
    const host = await start(hideBySecondSshd);
    const examined = { user: "root", publicKeyOpenssh: alice.publicKey };
    expect((await examineKey(host.access([bob]), examined)).status).toBe("refused");
    const change = { user: "root", remove: [gone(alice)] };
    expect(await failure(host.change(host.access([bob]), change))).toMatch(/^KeyUnprovenError: .*it reads others/);
  });

  test("a key with options is not added, because nobody could say that they hold", async () => {
    const host = await start(hideBySecondSshd);
    const add = [line(carol, ['from="192.0.2.7"'])];
    expect(await failure(host.change(host.access([bob]), { add }))).toMatch(/^KeyUnprovenError: .*it reads others/);
    expect(await host.guest.authorizedKeys()).toBe("");
  });

  test("a key without options is added where sshd accepts it", async () => {
    const host = await start(hideFromUser, " .ssh/authorized_keys");
    await host.change(host.access([bob]), { add: [line(carol)] });
    expect(await host.accepts(carol)).toBe("yes");
  });
});
