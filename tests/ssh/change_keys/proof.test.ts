/** Proofs that fail between the removal of a key and the end of a change. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { changeKeys } from "../../../provider/ssh/change_keys/change_keys";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { configureSshd } from "../../guest_conditions";
import { makeKey, type TestKey } from "../test_keys";
import { failure, gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];

afterAll(closeAll);

/** Logs in with `key`, removes alice's key, and calls `then` after the removal from the files. @returns the error */
function failureOfRemoval(host: Host, key: TestKey, then: () => Promise<unknown>, more = {}): Promise<string> {
  const change = { user: "debian", remove: [gone(alice)], alsoFrom: ["root"] };
  const done: Promise<unknown>[] = [];
  const progress = (step: string) => {
    if (step.startsWith("proving")) done.push(then());
  };
  return failure(
    changeKeys(host.access([key], { timeoutMs: 4_000, ...more }), change, progress).finally(() => Promise.all(done)),
  );
}

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(() => host.authorize([alice.publicKey, bob.publicKey]));

  test("a key that removed itself is put back if the host stops answering, so that it can try again", async () => {
    const before = host.files();
    let takeBack = async () => {};
    const silence = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    };
    expect(await failureOfRemoval(host, alice, silence)).toMatch(
      /^KeyUnprovenError: SHA256:\S+ was removed from debian@127\S+, but it is not proven that sshd refuses it: Cannot reach SSH.* It was put back, so that you can try again\.$/,
    );
    await takeBack();
    expect(host.files()).toEqual(before);
  });

  test("a key that could not be put back is not reported as back", async () => {
    let takeBack = async () => {};
    const silenceAndEdit = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
      await host.authorize([bob.publicKey, "# edited"]);
    };
    expect(await failureOfRemoval(host, alice, silenceAndEdit)).toMatch(
      /it is not proven that sshd refuses it: Cannot reach SSH.* Run "pulumi up" again\. These could not be put back: \S+authorized_keys \(somebody keeps editing it\)\.$/,
    );
    await takeBack();
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n# edited\n`);
  });

  test("a key that another key removed stays removed if the host stops answering", async () => {
    let takeBack = async () => {};
    const silence = async () => {
      takeBack = await host.emulator.guests.fault(host.id, { kind: "silent-before-banner" });
    };
    expect(await failureOfRemoval(host, bob, silence)).toMatch(
      /^KeyUnprovenError: .*it is not proven that sshd refuses it: Cannot reach SSH/,
    );
    await takeBack();
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("if the caller aborts then, the key is put back first", async () => {
    const before = host.files();
    const giveUp = new AbortController();
    const then = async () => giveUp.abort(new Error("too late"));
    expect(await failureOfRemoval(host, alice, then, { signal: giveUp.signal })).toBe("Error: too late");
    expect(host.files()).toEqual(before);
  });

  test("another host key during the proof proves nothing", async () => {
    const replaced = async () => {
      const takeBack = await host.emulator.guests.fault(host.id, { kind: "dropped-before-banner" });
      await host.emulator.guests.replaceHostKeys(host.id);
      await takeBack();
    };
    expect(await failureOfRemoval(host, bob, replaced)).toMatch(
      /^KeyUnprovenError: .*it is not proven that sshd refuses it: The host key of 127\S+ has changed: expected SHA256/,
    );
    host = await Host.start(guests);
  });

  test("a key that somebody puts back meanwhile is found", async () => {
    const putBack = () => host.authorize([`from="192.0.2.1" ${alice.publicKey}`, bob.publicKey]);
    expect(await failureOfRemoval(host, bob, putBack)).toMatch(
      /^KeyUnprovenError: .*it is not proven that sshd refuses it: Somebody put it back into \S+authorized_keys \(line 1\)\. Run/,
    );
  });

  test("a key that somebody puts back, and that opens the account again, is an error that names the line", async () => {
    const file = join(host.guest.home(), ".ssh/authorized_keys");
    const putBack = async () => writeFileSync(file, `${bob.publicKey}\n${alice.publicKey}\n`);
    expect(await failureOfRemoval(host, bob, putBack)).toMatch(
      /^KeyStillOpenError: debian@127\S+ still accepts SHA256:\S+: \/home\/debian\/\.ssh\/authorized_keys \(line 2\) has it now, where something put it back\. Remove it there too/,
    );
  });
});

describeSshd("on a real sshd", () => {
  test("if the connection is lost and a key cannot be put back, the error names the file", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    const cut = () => host.guest.asRoot("pkill -u debian sshd");
    const message = await failureOfRemoval(host, alice, cut);
    expect(message).toMatch(
      /^KeysNotPutBackError: .*These could not be put back: \S+authorized_keys \(The connection to/,
    );
  });

  test("a file that sshd reads only since the key was removed is named by the error, and its line", async () => {
    const host = await Host.start("sshd");
    await host.authorize([alice.publicKey, bob.publicKey]);
    await configureSshd(host.guest, "");
    await host.guest.asRoot("cd /home/debian/.ssh; cat >more; chown debian: more", `# more\n${alice.publicKey}\n`);
    const settings = "Match User debian\n  AuthorizedKeysFile .ssh/authorized_keys .ssh/more\n";
    const readMore = async () => writeFileSync(join(host.guest.root, "etc/ssh/sshd_config.d/0.conf"), settings);
    expect(await failureOfRemoval(host, bob, readMore)).toMatch(
      /^KeyStillOpenError: debian@127\S+ still accepts SHA256:\S+: \/home\/debian\/\.ssh\/more \(line 2\) has it now/,
    );
  });
});

describeSshd("through a bastion that has no credentials of its own", () => {
  let host: Host;
  let jump: Host;
  beforeEach(async () => {
    [host, jump] = await Promise.all([Host.start("sshd"), Host.start("sshd")]);
    await host.authorize([alice.publicKey, bob.publicKey]);
    await jump.authorize([alice.publicKey, bob.publicKey]);
  });
  afterEach(closeAll);

  const through = () => ({ bastion: { host: jump.guest.address, port: jump.guest.port, user: jump.guest.user } });

  test("a key that removes itself is proven closed, because the bastion still accepts it", async () => {
    const change = { remove: [gone(alice)], alsoFrom: ["root"] };
    const { closed } = await host.change(host.access([alice], through()), change);
    expect([closed.length, await host.guest.authorizedKeys()]).toEqual([1, `${bob.publicKey}\n`]);
  });

  test.each([
    ["another key removed stays removed", bob, `${bob.publicKey}\n`],
    ["removed itself is put back", alice, `${alice.publicKey}\n${bob.publicKey}\n`],
  ])("a bastion that refuses the login proves nothing, and a key that %s", async (_what, key, left) => {
    // At once, before the proof goes on.
    const refuseAll = async () => writeFileSync(join(jump.guest.home(), ".ssh/authorized_keys"), "");
    expect(await failureOfRemoval(host, key, refuseAll, through())).toMatch(
      /^KeyUnprovenError: .*it is not proven that sshd refuses it: The bastion refused the login: debian@127\S+ let none of these in/,
    );
    expect(await host.guest.authorizedKeys()).toBe(left);
  });
});
