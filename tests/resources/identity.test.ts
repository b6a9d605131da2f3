import { autoName, identityDigest, type Named, withName } from "../../provider/resources/contract/identity";

const web = { organization: "acme", urn: "urn:pulumi:prod::shop::web", name: "web" };

describe("A generated name", () => {
  test.each([
    ["web", /^web-[0-9a-f]{7}$/],
    ["über key/1", /^ber-key-1-[0-9a-f]{7}$/],
    ["../x", /^x-[0-9a-f]{7}$/],
    ["   ", /^x-[0-9a-f]{7}$/],
    ["a".repeat(300), /^a{247}-[0-9a-f]{7}$/],
  ])("made of the logical name %p fits the pattern of the API", (logicalName, name) => {
    expect(autoName(logicalName)).toMatch(name);
  });

  test("is new each time", () => {
    expect(autoName("web")).not.toBe(autoName("web"));
  });

  test("stays while the object stays, and is marked as generated", () => {
    const olds = { name: "web-0123456", autoNamed: true };
    expect(withName({ identity: web }, olds)).toEqual({ identity: web, name: "web-0123456", autoNamed: true });
  });

  test("is new for a replacement, which is checked without the old inputs", () => {
    expect(withName({ identity: web }, undefined)).toMatchObject({
      name: expect.stringMatching(/^web-[0-9a-f]{7}$/),
      autoNamed: true,
    });
  });

  test("replaces an explicit name that the program no longer gives", () => {
    const olds = { name: "deploy", autoNamed: false };
    expect(withName<Named>({ identity: web }, olds).name).toMatch(/^web-[0-9a-f]{7}$/);
  });

  test("stays when a program no longer gives it as its own, as after ignoreChanges", () => {
    const olds = { name: "web-0123456", autoNamed: false };
    expect(withName({ identity: web }, olds)).toEqual({ identity: web, name: "web-0123456", autoNamed: true });
  });

  test("is replaced by a name that the program gives", () => {
    const olds = { name: "web-0123456", autoNamed: true };
    expect(withName({ name: "deploy" }, olds)).toEqual({ name: "deploy", autoNamed: false });
  });
});

describe("The digest of an identity", () => {
  test("never changes, because labels keep it longer than the stack exists", () => {
    expect(identityDigest(web)).toBe("8719a61b9ca111d3");
  });

  test("is the same for a resource of the plugin as for the dynamic class, at any depth", () => {
    const urn = "urn:pulumi:test::shop::shop:index:Site$pulumi-nodejs:dynamic/exoscale-ssh:Instance::web";
    const ofPlugin = urn.replace("pulumi-nodejs:dynamic/exoscale-ssh:", "exoscale-ssh:index:");
    expect(identityDigest({ ...web, urn: ofPlugin })).toBe(identityDigest({ ...web, urn }));
  });

  test("differs for names that look alike when they are joined", () => {
    const one = identityDigest({ organization: "a", urn: "b-c", name: "d" });
    expect(identityDigest({ organization: "a-b", urn: "c", name: "d" })).not.toBe(one);
  });
});
