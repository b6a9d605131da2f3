/** Keys on hosts with problems: what is reported, and what is not changed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resources } from "../../provider/resources";
import { describeGuests, describeSshd } from "../emulator/guest_kinds";
import { configureSshd, grantByCommand, refuseSudo } from "../guest_conditions";
import { ssh } from "../ssh/real_ssh";
import { makeKey } from "../ssh/test_keys";
import { alice, bob } from "./known_keys";
import { ReachableHost, refusal } from "./reachable_host";
import { closeClouds } from "./world";

const { AuthorizedKey } = resources;

describeGuests((guests) => {
  let host: ReachableHost;
  beforeEach(async () => {
    host = await ReachableHost.start(guests);
  });
  afterEach(closeClouds);

  const granted = (more: object = {}) => host.run().create(AuthorizedKey, host.inputs(alice.line, more));

  test("Nothing is sent to a host with another host key than the remembered one, and nothing changes there", async () => {
    const last = await granted();
    await host.cloud.emulator.guests.replaceHostKeys(host.id);
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect(run.warnings).toEqual([
      expect.stringMatching(/stays in the state as it was: The host key of .* has changed/),
    ]);
    expect(await refusal(run.delete(AuthorizedKey, last))).toMatch(
      /The host key of .* has changed: .* no longer exists, remove the key from the state: pulumi state delete '/,
    );
    const news = host.inputs(alice.line, { options: ["restrict"] });
    await expect(run.update(AuthorizedKey, last, news)).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
    expect(await host.lines()).toEqual([alice.line]);
  });

  test("A host key in the program takes precedence over the remembered one", async () => {
    const last = await granted();
    await host.cloud.emulator.guests.replaceHostKeys(host.id);
    const { hostKey } = await host.cloud.emulator.cloud.guest(host.id);
    const news = host.inputs(alice.line, { connection: { ...host.connection, hostKey } });
    const next = await host.run().update(AuthorizedKey, last, news);
    const found = await host.run().found(AuthorizedKey, next);
    expect(found.state.hostKey).toBe(hostKey);
    await host.run().delete(AuthorizedKey, found);
    expect(await host.lines()).toEqual([]);
  });

  test("A host key in the program that the host does not show stops the first contact", async () => {
    const connection = { ...host.connection, hostKey: bob.line };
    await expect(granted({ connection })).rejects.toMatchObject({ code: "SSH_HOST_KEY_CHANGED" });
    expect(await host.lines()).toEqual([]);
  });

  test("A key on a host that is down stays in the state, with a warning, and is not reported as gone", async () => {
    const last = await granted();
    await host.cloud.emulator.guests.fault(host.id, { kind: "refused" });
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect(run.warnings).toEqual([expect.stringMatching(/^SHA256:\S+ on debian@127\.\S+ could not be checked/)]);
  });

  test("A deletion on a host that is down fails, and says how to remove the key from the state", async () => {
    const last = await granted();
    const up = await host.cloud.emulator.guests.fault(host.id, { kind: "refused" });
    await expect(host.run().delete(AuthorizedKey, last)).rejects.toMatchObject({
      code: "SSH_KEY_NOT_REMOVED",
      message: expect.stringMatching(
        /may still open the account: .* pulumi state delete 'urn:pulumi:prod::ops::pulumi-nodejs:dynamic\/exoscale-ssh:AuthorizedKey::alice'$/,
      ),
    });
    await up();
    await host.run().delete(AuthorizedKey, last);
    expect(await host.accepts(alice.line)).toBe("no");
  });

  test("A login that is refused says nothing about the key", async () => {
    const last = await granted();
    const connection = { ...host.connection, privateKey: makeKey().privateKey };
    const locked = { ...last, state: { ...last.state, connection } };
    const run = host.run();
    expect((await run.found(AuthorizedKey, locked)).state).toEqual(locked.state);
    expect(run.warnings).toHaveLength(1);
    await expect(run.delete(AuthorizedKey, locked)).rejects.toMatchObject({ code: "SSH_KEY_NOT_REMOVED" });
  });

  test("The account's own file needs no sudo", async () => {
    await refuseSudo(host.guest);
    const last = await granted();
    await host.run().delete(AuthorizedKey, last);
    expect(await host.lines()).toEqual([]);
  });

  test("The last key that is known to open the account stays, unless a lock-out is allowed", async () => {
    const news = host.inputs(host.admin.publicKey);
    const last = await host.run().create(AuthorizedKey, news);
    await expect(host.run().delete(AuthorizedKey, last)).rejects.toMatchObject({ code: "SSH_LAST_KEY" });
    expect(await host.accepts(host.admin.publicKey)).toBe("yes");
    const allowed = await host.run().update(AuthorizedKey, last, { ...news, allowLockout: true });
    await host.run().delete(AuthorizedKey, allowed);
    expect(await host.accepts(host.admin.publicKey)).toBe("no");
  });

  test("The key that logs in gets no options that lock it out, unless a lock-out is allowed", async () => {
    const own = host.inputs(host.admin.publicKey, { options: ['from="192.0.2.7"'] });
    const last = await host.run().create(AuthorizedKey, host.inputs(host.admin.publicKey));
    await expect(host.run().update(AuthorizedKey, last, own)).rejects.toMatchObject({ code: "SSH_LAST_KEY" });
    expect(await host.guest.authorizedKeys()).toBe(`${host.admin.publicKey}\n`);
    const here = { ...own, options: ['from="127.0.0.0/8"'] };
    await host.run().update(AuthorizedKey, last, here);
    await host.run().update(AuthorizedKey, last, { ...own, allowLockout: true });
    expect(await host.accepts(host.admin.publicKey)).toBe("no");
  });

  test("A line of the key in a second file is removed when its options change, because it would still let everybody in", async () => {
    const last = await granted();
    const second = join(host.guest.home(), ".ssh/authorized_keys2");
    await host.guest.asRoot(`cd ~debian/.ssh; cp -p authorized_keys authorized_keys2`);
    const news = host.inputs(alice.line, { options: ["restrict"] });
    const found = await host.run().found(AuthorizedKey, last);
    const next = await host.run().update(AuthorizedKey, found, news);
    expect((await host.run().found(AuthorizedKey, next)).inputs.options).toEqual(["restrict"]);
    expect([await host.lines(), readFileSync(second, "utf8")]).toEqual([
      [`restrict ${alice.line}`],
      `${host.admin.publicKey}\n`,
    ]);
  });

  test("A deletion for an account that is gone from the host says how to remove the key from the state", async () => {
    const last = await granted();
    const gone = { ...last, state: { ...last.state, user: "left" } };
    expect(await refusal(host.run().delete(AuthorizedKey, gone))).toMatch(
      /has no account left, .* no longer exists, remove the key from the state/,
    );
  });

  test("The key that logs in can be removed if another one is accepted", async () => {
    await host.write(bob.line);
    const last = await host.run().create(AuthorizedKey, host.inputs(host.admin.publicKey));
    await host.run().delete(AuthorizedKey, last);
    expect([await host.accepts(host.admin.publicKey), await host.accepts(bob.line)]).toEqual(["no", "yes"]);
  });
});

// All accounts of a default guest are one user outside it, who may read all of their files.
describeSshd("on a real sshd", () => {
  afterEach(closeClouds);

  test("Without sudo another account's file is neither changed nor reported on", async () => {
    const host = await ReachableHost.start("sshd");
    const last = await host.run().create(AuthorizedKey, host.inputs(alice.line, { user: "root" }));
    await refuseSudo(host.guest);
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect(run.warnings).toEqual([expect.stringMatching(/could not be checked.* could not be read/)]);
    expect(await refusal(run.delete(AuthorizedKey, last))).toMatch(/could not be read as debian\. Log in as root/);
    const more = { user: "root" };
    const bobs = run.create(AuthorizedKey, host.inputs(bob.line, more));
    expect(await refusal(bobs)).toMatch(/could not be read as debian\. Log in as root/);
    expect(await host.lines("root")).toEqual([alice.line]);
  });

  test("A key whose file can no longer be found stays in the state, and is not reported as gone", async () => {
    const host = await ReachableHost.start("sshd");
    await configureSshd(host.guest, "AuthorizedKeysFile /etc/ssh/keys_of_%u\n");
    await host.guest.asRoot("cat >/etc/ssh/keys_of_debian; chmod 644 /etc/ssh/keys_*", `${host.admin.publicKey}\n`);
    const last = await host.run().create(AuthorizedKey, host.inputs(alice.line, { options: ['from="192.0.2.1"'] }));
    await host.guest.asRoot("chmod 600 /etc/ssh/sshd_config; rm ~debian/.ssh/authorized_keys");
    await refuseSudo(host.guest);
    const run = host.run();
    expect((await run.found(AuthorizedKey, last)).state).toEqual(last.state);
    expect(run.warnings).toEqual([
      expect.stringMatching(/could not be checked, .* as it was: sshd let debian in with SHA256:\S+, which is in none/),
    ]);
    expect(await refusal(run.delete(AuthorizedKey, last))).toMatch(/is not proven to be removed, .* it reads others/);
  });

  test("A key with options that a program may let in without them is added with a warning", async () => {
    const host = await ReachableHost.start("sshd");
    await grantByCommand(host.guest, alice.line);
    const run = host.run();
    await run.create(AuthorizedKey, host.inputs(alice.line, { options: ["restrict"] }));
    expect(run.warnings).toEqual([
      expect.stringMatching(
        /^SHA256:\S+ on debian@127\S+: It may get in without restrict: on 127\S+, sshd also asks AuthorizedKeysCommand \/etc\/ssh\/keys_of %u/,
      ),
    ]);
    const plain = host.run();
    await plain.create(AuthorizedKey, host.inputs(bob.line));
    expect(plain.warnings).toEqual([]);
  });

  test.each([
    ["no", []],
    ["forced-commands-only", []],
    ["no", ['command="true"']],
  ])(
    "With PermitRootLogin %s and the options %j a key of root is not proven to be accepted, and is taken back",
    async (value, options) => {
      const host = await ReachableHost.start("sshd");
      await configureSshd(host.guest, `PermitRootLogin ${value}\n`);
      const attempt = host.run().create(AuthorizedKey, host.inputs(alice.line, { user: "root", options }));
      expect(await refusal(attempt)).toMatch(
        new RegExp(
          `was added for root@\\S+ and was not accepted\\. sshd has PermitRootLogin ${value} there: correct that`,
        ),
      );
      expect(await host.lines("root")).toEqual([]);
    },
  );

  test("With PermitRootLogin forced-commands-only root's key with a command is accepted", async () => {
    const host = await ReachableHost.start("sshd");
    await configureSshd(host.guest, "PermitRootLogin forced-commands-only\n");
    const options = ['command="true"'];
    await host.run().create(AuthorizedKey, host.inputs(alice.line, { user: "root", options }));
    expect(await host.lines("root")).toEqual([`command="true" ${alice.line}`]);
  });

  test("The sessions that a key has opened end with it, if terminateSessions is set", async () => {
    const host = await ReachableHost.start("sshd");
    const key = makeKey();
    const news = host.inputs(key.publicKey, { terminateSessions: true });
    const last = await host.run().create(AuthorizedKey, news);
    const { address, port } = host.guest;
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"].flatMap((option) => ["-o", option]);
    const place = ["-F", "none", ...options, "-p", String(port), `debian@${address}`];
    const session = ssh(key.privateKey, [...place, "touch /tmp/in; sleep 600"]);
    await host.guest.asRoot("until [ -e /tmp/in ]; do sleep 0.1; done");
    await host.run().delete(AuthorizedKey, last);
    expect(await session).toMatchObject({ status: 255 });
  });
});
