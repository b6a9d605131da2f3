import { authorizedKeysPaths, hasWildcard, sshdSettings } from "../../../provider/ssh/authorized_keys/sshd_config";

const usual = {
  authorizedKeysFiles: [".ssh/authorized_keys", ".ssh/authorized_keys2"],
  possibleFiles: [],
  otherSources: [],
  pubkeyAuthentication: true,
  rootKeys: "all",
  maxAuthTries: 6,
};

/** Shortened output of OpenSSH 9.2, followed by the given lines. Here the last line of a keyword counts. */
const printed = (...lines: string[]) =>
  [
    "port 22",
    "maxauthtries 6",
    "pubkeyauthentication yes",
    "trustedusercakeys none",
    "revokedkeys none",
    "authorizedprincipalsfile none",
    "authorizedkeyscommand none",
    "authorizedkeyscommanduser none",
    "authorizedprincipalscommand none",
    "authorizedkeysfile .ssh/authorized_keys .ssh/authorized_keys2",
    ...lines,
    "",
  ].join("\n");

describe("What sshd -T prints", () => {
  test("names the files with keys", () => {
    expect(sshdSettings(printed())).toEqual(usual);
  });

  test("is read in any case, as OpenSSH 10.4 prints it", () => {
    const text = printed("AuthorizedKeysFile /etc/keys/%u .ssh/keys.d/*.pub", "PubkeyAuthentication no");
    expect(sshdSettings(text)).toEqual({
      ...usual,
      authorizedKeysFiles: ["/etc/keys/%u", ".ssh/keys.d/*.pub"],
      possibleFiles: ["/etc/keys/%u .ssh/keys.d/*.pub"],
      pubkeyAuthentication: false,
    });
  });

  const lists = [["/a", "b c"], ["/a b", "c"], ["/other"]];

  test("names files with blanks as the text of the configuration does, and each if there are several", () => {
    expect(sshdSettings(printed("authorizedkeysfile %h/.ssh/my keys"), [["%h/.ssh/my keys"]])).toEqual({
      ...usual,
      authorizedKeysFiles: ["%h/.ssh/my keys"],
    });
    expect(sshdSettings(printed("authorizedkeysfile /a b c"), lists)).toEqual({
      ...usual,
      authorizedKeysFiles: ["/a", "b c"],
      possibleFiles: ["/a b", "c"],
    });
  });

  test("may mean every name with a blank if the text of the configuration does not have them", () => {
    expect(sshdSettings(printed("authorizedkeysfile /a b  c"), [["/x"]])).toEqual({
      ...usual,
      authorizedKeysFiles: ["/a", "b", "c"],
      possibleFiles: ["/a b", "/a b  c", "b  c"],
    });
  });

  test("names everything else that lets keys in", () => {
    const text = printed(
      'AuthorizedKeysCommand /usr/bin/keys "a b" %u',
      "trustedusercakeys /etc/ssh/ca.pub",
      "authorizedprincipalsfile /etc/ssh/principals/%u",
    );
    expect(sshdSettings(text)?.otherSources).toEqual([
      'AuthorizedKeysCommand /usr/bin/keys "a b" %u',
      "TrustedUserCAKeys /etc/ssh/ca.pub",
      "AuthorizedPrincipalsFile /etc/ssh/principals/%u",
    ]);
  });

  test.each(["constructor", "__proto__"])("has no other value for root's keys: %s", (value) => {
    expect(sshdSettings(printed(`permitrootlogin ${value}`))?.rootKeys).toBe("all");
  });

  test("says how many failed tries sshd allows", () => {
    expect(sshdSettings(printed("MaxAuthTries 2"))?.maxAuthTries).toBe(2);
  });

  test("names the file of revoked keys", () => {
    expect(sshdSettings(printed("revokedkeys /etc/ssh/revoked"))?.revokedKeys).toBe("/etc/ssh/revoked");
  });

  test.each(["none", "NONE"])("says that sshd reads no file: %s", (none) => {
    expect(sshdSettings(printed(`authorizedkeysfile ${none}`))?.authorizedKeysFiles).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["an error message", "sshd: no hostkeys available -- exiting.\n"],
    ["an output that was cut short", "port 22\npubkeyauthentication yes\nauthorized"],
  ])("is not taken for settings where it is %s", (_name, text) => {
    expect(sshdSettings(text)).toBeUndefined();
  });
});

describe("The files of an account", () => {
  const debian = { user: "debian", home: "/home/debian", uid: 1000 };

  test.each([
    [".ssh/authorized_keys", "/home/debian/.ssh/authorized_keys"],
    ["%h/.ssh/authorized_keys", "/home/debian/.ssh/authorized_keys"],
    ["/etc/ssh/keys/%u", "/etc/ssh/keys/debian"],
    ["/keys/%U-%u", "/keys/1000-debian"],
    ["/a%%u/%%%u", "/a%u/%debian"],
    [".ssh/keys.d/*.pub", "/home/debian/.ssh/keys.d/*.pub"],
  ])("are found by the pattern %s", (pattern, path) => {
    expect(authorizedKeysPaths([pattern], debian)).toEqual([path]);
  });

  test("are named once each, in their order", () => {
    const patterns = ["/b/%u", ".ssh/a", "%h/.ssh/a"];
    expect(authorizedKeysPaths(patterns, debian)).toEqual(["/b/debian", "/home/debian/.ssh/a"]);
  });

  test("are found below a home that is the root", () => {
    expect(authorizedKeysPaths([".ssh/a"], { user: "root", home: "/", uid: 0 })).toEqual(["/.ssh/a"]);
  });

  test("may be several behind one path", () => {
    expect(["/a/*.pub", "/a/?", "/a/[ab]", "/a/b"].map(hasWildcard)).toEqual([true, true, true, false]);
  });
});
