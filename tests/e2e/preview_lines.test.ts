/** What a preview and an update say beside their diff, in both fronts. */
import { declare, type Front } from "./fronts";
import { machine } from "./known_machine";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { stack } = useStack({ perTest: true });

const fronts: readonly Front[] = ["dynamic", "plugin"];
const ssh = { protocol: "tcp", startPort: 22, network: "0.0.0.0/0" };

describe.each(fronts)("In the front %s", (front) => {
  /** What Pulumi prints while the work runs. */
  async function printed(work: () => Promise<unknown>): Promise<string> {
    const before = stack.output.length;
    await work();
    return stack.output.slice(before);
  }

  test("a preview warns of an instance that waits for sshd behind a closed port", async () => {
    const said = await printed(() =>
      stack.preview(async () => void declare(front, "Instance", "web", { ...machine, waitForSsh: true })),
    );
    expect(said).toMatch(
      /warning: No security group of instance "web-\w+" \(default\) has a rule that lets in TCP \d+\. Add a rule/,
    );
  });

  test("a preview says that another template loses the disk", async () => {
    const web = (template: string) => async () => void declare(front, "Instance", "web", { ...machine, template });
    await stack.up(web("Linux Debian 13"));
    const said = await printed(() => stack.preview(web("Linux Ubuntu 24.04 LTS 64-bit")));
    expect(said).toMatch(/Another template makes a new instance "web-\w+": what is on the disk of this one is lost/);
  });

  /** Two machines of the operators. Bob opens both until he leaves. */
  const shop = (hasBob: boolean) => async () => {
    const pairs = ["ops", ...(hasBob ? ["bob"] : []), "eve"].map((name) =>
      declare(front, "SshKeyPair", name, { name }),
    );
    const [ops] = pairs;
    const group = declare(front, "SecurityGroup", "ssh", { rules: [ssh] });
    const sshKeys = pairs.map((pair) => ({ name: pair["name"], publicKeyOpenssh: pair["publicKeyOpenssh"] }));
    const connection = { privateKey: ops?.["privateKeyOpenssh"] };
    for (const name of ["web1", "web2"]) {
      const securityGroups = [group["securityGroupId"]];
      declare(front, "Instance", name, { ...machine, name, sshKeys, securityGroups, connection, waitForSsh: true });
    }
  };

  test("offboarding is read by name: before, meanwhile and at the end", async () => {
    await stack.up(shop(true));
    const plain = await printed(() => stack.preview(shop(false), { diff: false }));
    const diff = await printed(() => stack.preview(shop(false)));
    const up = await printed(() => stack.up(shop(false)));
    for (const said of [plain, diff, up]) {
      for (const name of ["web1", "web2"])
        expect(said).toContain(`SSH key "bob" will lose access to instance "${name}".`);
      expect(said).not.toMatch(/"eve" (will|may) /);
    }
    if (front === "plugin") expect(diff).not.toMatch(/"bob" => "eve"|"eve" => "bob"/);
    expect(up).toContain('Instance "web1": removing the old key: bob.');
    expect(up).toContain('Instance "web2" refuses bob.');
    expect(up).toMatch(/web[12], web[12] refuse bob \(2 of 2\)/);
  });
});
