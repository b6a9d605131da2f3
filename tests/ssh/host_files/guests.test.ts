/** On guests of both kinds, over SSH: as the user itself, as root through sudo, and as root for another user. */
import { editHostFile } from "../../../provider/ssh/host_files/edit";
import { inspectHost } from "../../../provider/ssh/host_files/inspect_host";
import { readHostFiles } from "../../../provider/ssh/host_files/read";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import { describeGuests } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { closeSessions, type GuestHost, guestHost } from "./guest_host";

const FILE = ".ssh/authorized_keys";

describeGuests((guests) => {
  let host: GuestHost;
  beforeAll(async () => {
    host = await guestHost(guests);
  });
  afterEach(closeSessions);
  afterAll(closeAll);

  beforeEach(() => host.guest.writeAuthorizedKeys(`${host.key.publicKey}\n`));

  test("an inspection finds the accounts that exist, and that sudo leads to the others", async () => {
    const facts = await inspectHost(await host.session(), ["debian", "root", "nobody-there"]);
    expect([...facts.accounts.keys()]).toEqual(["debian", "root"]);
    expect(facts.loginAccount.user).toBe("debian");
    expect([facts.accounts.get("root")?.uid, facts.become, facts.becomeRefusal]).toEqual([0, "sudo", undefined]);
  });

  test("an inspection has the settings of sshd for each user that exists", async () => {
    const { sshdSettings, sshdConfig } = await inspectHost(await host.session(), ["debian", "root", "nobody-there"]);
    expect([...sshdSettings.keys()]).toEqual(expect.arrayContaining(["debian", "root"]));
    expect(sshdSettings.get("debian")).toMatch(/^authorizedkeysfile .ssh\/authorized_keys .ssh\/authorized_keys2$/im);
    expect(sshdConfig).toEqual(expect.any(String));
  });

  test.each([
    ["debian", "debian"],
    ["debian", "root"],
    ["root", "debian"],
    ["root", "root"],
  ])("a session of %s reads and replaces the file of %s", async (login, user) => {
    const session = await host.session(login);
    const facts = await inspectHost(session, [user]);
    const before = await host.guest.authorizedKeys(user);
    const [file] = await readHostFiles(session, facts, user, [FILE]);
    expect(file).toMatchObject({ status: "read", bytes: Buffer.from(before), links: 1 });

    const bytes = Buffer.from(`${before}# more\n`);
    const replacement = await replaceFileAtomically(session, facts, user, FILE, file?.bytes, bytes);
    expect(replacement).toEqual({ outcome: "written", bytes, inPlace: false });
    expect(await host.guest.authorizedKeys(user)).toBe(`${before}# more\n`);
    expect((await readHostFiles(session, facts, user, [FILE]))[0]).toMatchObject({ owner: file?.owner, mode: "0600" });
  });

  test("an edit gets the current bytes, and writes nothing if nothing changes", async () => {
    const session = await host.session();
    const facts = await inspectHost(session, ["debian"]);
    const { file, replacement } = await editHostFile(session, facts, "debian", FILE, () => undefined);
    expect([file.bytes.toString(), replacement]).toEqual([`${host.key.publicKey}\n`, undefined]);
  });
});
