import { Instance, type InstanceArgs, SshKeyPair, type SshKeyPairArgs } from "pulumi-exoscale-ssh";
import { encodePrivateKey } from "../../provider/keys/encode";
import { generatePrivateKey } from "../../provider/keys/generate";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ guests: "none", zones: ["ch-gva-2", "at-vie-1"] });
let locked: string;

beforeAll(async () => {
  const key = await generatePrivateKey({ algorithm: "ed25519" });
  locked = (await encodePrivateKey(key, { passphrase: "right" })).openssh;
  stack.expectHidden(locked);
  stack.expectHidden("a-wrong-passphrase");
});

const pair = (args: SshKeyPairArgs) => async () => void new SshKeyPair("pair", args);

const web = (args: Partial<InstanceArgs>) => async () =>
  void new Instance("web", {
    zone: "ch-gva-2",
    type: "standard.tiny",
    template: "Linux Debian 13",
    diskSize: 10,
    ...args,
  });

/** The output of a preview, and whether it asked the API to change anything. */
async function refused(program: () => Promise<void>): Promise<string> {
  const before = emulator.requests.length;
  const said = await stack.failure(stack.preview(program));
  expect(emulator.requests.slice(before).filter(({ method }) => method !== "GET")).toEqual([]);
  return said.replace(/\s+/g, " ");
}

describe("a preview refuses a key pair, and names the input and the remedy, if", () => {
  test.each<[title: string, args: () => SshKeyPairArgs, property: string, reason: RegExp]>([
    ["its name is a path", () => ({ name: "../x" }), "name", /letters, digits, dots.*got "\.\.\/x"/],
    [
      "its passphrase is wrong",
      () => ({ privateKey: locked, passphrase: "a-wrong-passphrase" }),
      "passphrase",
      /does not open/,
    ],
  ])("%s", async (_title, args, property, reason) => {
    const said = await refused(pair(args()));
    expect(said).toMatch(/SshKeyPair resource 'pair'/);
    expect(said).toMatch(new RegExp(`property ${property} value|problem: ${property}: `));
    expect(said).toMatch(reason);
  });
});

describe("a preview refuses an instance, and names the input and the remedy, if", () => {
  test.each<[title: string, args: Partial<InstanceArgs>, property: string, reason: RegExp]>([
    [
      "its template does not exist",
      { template: "Linux Debian 99" },
      "template",
      /no template "Linux Debian 99".*Linux Debian 1/,
    ],
    [
      "a key is not in the account",
      { sshKeys: [{ name: "nobody" }] },
      "sshKeys\\[0\\]\\.name",
      /no SSH key "nobody".*SshKeyPair/,
    ],
  ])("%s", async (_title, args, property, reason) => {
    const said = await refused(web(args));
    expect(said).toMatch(/Instance resource 'web'/);
    expect(said).toMatch(new RegExp(`property ${property} value|problem: ${property}: `));
    expect(said).toMatch(reason);
  });
});

describe("a preview reports what is wrong with the access to the account if", () => {
  const original = () => ({ ...emulator.environment });
  afterEach(() => stack.setEnvironment(original()));

  test("credentials are missing", async () => {
    stack.setEnvironment({ EXOSCALE_API_KEY: "", EXOSCALE_API_SECRET: "" });
    expect(await refused(pair({}))).toMatch(/credentials are missing.*exoscale-ssh:apiKey.*EXOSCALE_API_SECRET/);
  });

  test("the secret is wrong", async () => {
    stack.setEnvironment({ EXOSCALE_API_SECRET: "not-the-secret" });
    expect(await refused(pair({}))).toMatch(
      /403.*Invalid request signature\. Check that exoscale-ssh:apiKey and exoscale-ssh:apiSecret belong together/,
    );
  });

  test("the endpoint does not answer", async () => {
    stack.setEnvironment({ EXOSCALE_API_ENDPOINT: "http://127.0.0.1:9/v2" });
    expect(await refused(pair({}))).toMatch(/no answer from http:\/\/127\.0\.0\.1:9\/v2/);
  });

  test("the API refuses with its own message", async () => {
    const body = { message: "Forbidden by role policy for compute" };
    emulator.faults.add({ kind: "status", status: 403, body, path: "/ssh-key", times: 9 });
    expect(await refused(pair({}))).toMatch(/Forbidden by role policy for compute/);
    emulator.faults.clear();
  });
});

describe("with objects that exist", () => {
  const both = (key: SshKeyPairArgs, instance: Partial<InstanceArgs>) => async () => {
    const deploy = new SshKeyPair("pair", { name: "deploy", ...key });
    new Instance("web", {
      zone: "ch-gva-2",
      type: "standard.tiny",
      template: "Linux Debian 13",
      diskSize: 20,
      publicIpAssignment: "dual",
      sshKeys: [deploy],
      ...instance,
    });
  };

  beforeAll(async () => void (await stack.up(both({}, {}))));
  afterAll(async () => await stack.destroy());

  test("a smaller disk is refused at preview", async () => {
    expect(await refused(both({}, { diskSize: 10 }))).toMatch(
      /diskSize of instance "web-\S+" cannot go from 20 to 10 GiB/,
    );
  });

  test("a type of another family is refused at preview", async () => {
    expect(await refused(both({}, { type: "gpu2.small" }))).toMatch(
      /type of instance "web-\S+" cannot go from standard\.tiny to gpu2\.small: Exoscale does not scale/,
    );
  });

  test("the loss of the IPv6 address is refused at preview", async () => {
    expect(await refused(both({}, { publicIpAssignment: "inet4" }))).toMatch(
      /publicIpAssignment of instance "web-\S+" cannot go from dual to inet4/,
    );
  });

  test("other keys without a connection are refused at preview, with both remedies", async () => {
    const said = await refused(both({}, { sshKeys: [] }));
    expect(said).toMatch(/sshKeys of instance "web-\S+" changed.*ignoreChanges.*replaceOnKeyChange: true/);
  });

  test("a replacement that locks out is refused at preview for a pair with a name", async () => {
    const said = await refused(both({ triggers: ["again"] }, {}));
    expect(said).toMatch(/Changing triggers replaces SSH key "deploy".*locked out.*allowLockout: true/);
  });

  test("a failed operation shows Exoscale's message, and the instance stays in the state", async () => {
    emulator.faults.add({
      kind: "operation-failure",
      reason: "unavailable",
      message: "no capacity",
      method: "POST",
      path: "/instance",
    });
    const two = async () => {
      await both({}, {})();
      new Instance("two", { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 });
    };
    expect(await stack.failure(stack.up(two))).toMatch(/unavailable: no capacity/);
    expect(stack.state()["two"]?.outputs).toMatchObject({ state: "error" });
    await stack.up(two);
    expect(emulator.cloud.instances().filter(({ state }) => state === "running")).toHaveLength(2);
  });
});
