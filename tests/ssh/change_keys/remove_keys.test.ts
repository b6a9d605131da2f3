/** What is removed from the files of a host, and that nothing else is. */
import { link, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describeGuests, describeSshd } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { runAsRoot } from "../../guest_conditions";
import { makeKey } from "../test_keys";
import { gone, Host } from "./host";

const [alice, bob] = [makeKey(), makeKey()];
const cloudInit =
  'no-port-forwarding,no-agent-forwarding,no-X11-forwarding,command="echo \'Please login as the user \\"debian\\" rather ' +
  'than the user \\"root\\".\';echo;sleep 10;exit 142"';

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });
  beforeEach(async () => {
    await host.authorize([], "root");
  });

  /** Logs in with bob's key, and removes alice's, from root too. */
  const removeAlice = () => host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] });

  test("cloud-init's line for root is removed together with the user's own line", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    await host.authorize([`${cloudInit} ${alice.publicKey}`, `${cloudInit} ${bob.publicKey}`], "root");
    const { removed: lines } = await removeAlice();
    expect([...lines].sort()).toEqual(
      ["/home/debian/.ssh/authorized_keys:1", "/root/.ssh/authorized_keys:1"].map((path) =>
        expect.stringMatching(`${path}$`),
      ),
    );
    expect(await host.guest.authorizedKeys("root")).toBe(`${cloudInit} ${bob.publicKey}\n`);
    expect(await host.accepts(alice, "root")).toBe("no");
  });

  test("duplicates are removed, with any options and comments", async () => {
    const others = [`restrict ${alice.publicKey}`, `from="192.0.2.1" ${alice.publicKey} old laptop`];
    await host.authorize([alice.publicKey, bob.publicKey, ...others, alice.publicKey]);
    expect((await removeAlice()).removed).toHaveLength(4);
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("every other byte stays: line ends, blanks, comments, a last line without an end", async () => {
    const before = `# keys\r\n\r\n  ${alice.publicKey} a\r\n\t${bob.publicKey}\r\n\n# caf\xe9 \r\n${bob.publicKey} end`;
    await host.guest.writeAuthorizedKeys(before);
    await removeAlice();
    expect(await host.guest.authorizedKeys()).toBe(before.replace(`  ${alice.publicKey} a\r\n`, ""));
  });

  test("a key on a last line without a line end is removed too", async () => {
    await host.guest.writeAuthorizedKeys(`${bob.publicKey}\n${alice.publicKey}`);
    await removeAlice();
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("a certificate authority with this key is removed, and the report says so", async () => {
    await host.authorize([`cert-authority ${alice.publicKey}`, bob.publicKey]);
    const { notes } = await removeAlice();
    expect(notes.join()).toMatch(/\.ssh\/authorized_keys the key was a certificate authority: the line went too/);
    expect(await host.guest.authorizedKeys()).toBe(`${bob.publicKey}\n`);
  });

  test("lines that only mention the key stay, and are counted", async () => {
    const mentions = [`# ${alice.publicKey}`, `command="echo ${alice.publicKey}" ${bob.publicKey}`];
    await host.authorize([bob.publicKey, alice.publicKey, ...mentions]);
    const { notes } = await removeAlice();
    expect(notes.join()).toMatch(/^2 other lines of \S+authorized_keys mention the key and grant it nothing/);
    expect(await host.guest.authorizedKeys()).toBe(`${[bob.publicKey, ...mentions].join("\n")}\n`);
  });

  test("a link stays, and the file behind it loses the key", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const [path, behind] = ["authorized_keys", "behind"].map((name) => join(host.guest.home(), ".ssh", name));
    await rename(String(path), String(behind));
    await symlink("behind", String(path));
    await removeAlice();
    expect(await readFile(String(behind), "utf8")).toBe(`${bob.publicKey}\n`);
    await rename(String(behind), String(path));
  });

  test("another name of the same file keeps the key, and the report says so", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const path = join(host.guest.home(), ".ssh/authorized_keys");
    await link(path, `${path}.backup`);
    expect((await removeAlice()).notes.join()).toContain("had other names (hard links), which keep the key");
    await rm(`${path}.backup`);
  });

  test("a key that is in no file is proven closed, and nothing is written", async () => {
    await host.authorize([bob.publicKey]);
    const before = [host.files(), host.stamp(), host.stamp("root")];
    const { closed, removed: lines } = await removeAlice();
    expect([closed.length, lines]).toEqual([1, []]);
    expect([host.files(), host.stamp(), host.stamp("root")]).toEqual(before);
  });

  test("a key in one file that the user and root share is removed once", async () => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const path = join(host.guest.home("root"), ".ssh/authorized_keys");
    await rm(path);
    await symlink("../../home/debian/.ssh/authorized_keys", path);
    expect((await removeAlice()).removed).toHaveLength(1);
    await rm(path);
  });

  test.each([
    ["leads nowhere", "nowhere"],
    ["is a device", "/dev/null"],
    ["links to itself", "authorized_keys2"],
  ])("a second file that %s has no keys and does not stop the change", async (_what, target) => {
    await host.authorize([alice.publicKey, bob.publicKey]);
    const path = join(host.guest.home(), ".ssh/authorized_keys2");
    await symlink(target, path);
    const { closed } = await removeAlice();
    await rm(path);
    expect([closed.length, await host.guest.authorizedKeys()]).toEqual([1, `${bob.publicKey}\n`]);
  });
});

describeSshd("on a real sshd whose settings name other files", () => {
  test("each of several files loses the key, those outside of the home too", async () => {
    const files = "AuthorizedKeysFile %h/.ssh/%u.keys /etc/ssh/authorized_keys/%u .ssh/authorized_keys";
    const host = await Host.start("sshd", { sshdConfig: files });
    await host.authorize([alice.publicKey, bob.publicKey]);
    await runAsRoot(
      host.guest,
      `mkdir /etc/ssh/authorized_keys; cat >/etc/ssh/authorized_keys/debian
      cp /etc/ssh/authorized_keys/debian /home/debian/.ssh/debian.keys; chown debian: /home/debian/.ssh/debian.keys`,
      `${alice.publicKey}\n${bob.publicKey}\n`,
    );
    const { removed } = await host.change(host.access([bob]), { remove: [gone(alice)], alsoFrom: ["root"] });
    expect(removed).toEqual([
      "/home/debian/.ssh/debian.keys:1",
      "/etc/ssh/authorized_keys/debian:1",
      "/home/debian/.ssh/authorized_keys:1",
    ]);
    expect(await host.accepts(alice)).toBe("no");
  });

  test("files that a wildcard names lose the key as well", async () => {
    const host = await Host.start("sshd", { sshdConfig: "AuthorizedKeysFile .ssh/authorized_keys .ssh/keys.d/*.pub" });
    await host.authorize([bob.publicKey]);
    const directory = "/home/debian/.ssh/keys.d";
    await runAsRoot(
      host.guest,
      `mkdir ${directory}; cat >${directory}/alice.pub; chown -R debian: ${directory}`,
      `${alice.publicKey}\n`,
    );
    const { removed } = await host.change(host.access([bob]), { remove: [gone(alice)] });
    expect(removed).toEqual([`${directory}/alice.pub:1`]);
  });
});
