import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AuthorizedKey } from "pulumi-exoscale-ssh";
import { putProgram } from "../guest_conditions";
import { alice } from "../resources/known_keys";
import { ReachableHost } from "../resources/reachable_host";
import { TestCloud } from "../resources/world";
import { makeKey } from "../ssh/test_keys";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({
  hostKeys: ["ed25519"],
  environment: {},
  prepare: ({ cloud }) => cloud.openSsh(),
});
let host: ReachableHost;

beforeAll(async () => {
  host = await ReachableHost.join(new TestCloud(emulator), makeKey());
  stack.expectHidden(host.admin.privateKey);
});

const program = async () => {
  const { id } = new AuthorizedKey("frank", { connection: host.connection, publicKey: alice.line });
  return { id };
};
const empty = async () => ({});
const said = async (command: Promise<unknown>) => (await stack.failure(command)).replace(/\s+/g, " ");

/** Edits the file as soon as the provider has written it: the key is refused, and the file cannot be restored. */
async function befallen(work: () => Promise<string>): Promise<string> {
  const edit = `/bin/sed -i 's|^ssh-.* alice@|from="192.0.2.7" &|' "$last"`;
  const script = `/bin/mv "$@" || exit\nfor last; do :; done\ncase $last in *authorized_keys) ${edit};; esac`;
  await putProgram(host.guest, "mv", `#!/bin/sh\n${script}\n`);
  const said = await work();
  await rm(join(host.guest.root, "bin/mv"));
  return said;
}

const failed = /frank.*may be on the host, but: .* These could not be put back: \S+authorized_keys .*CREATED_IN_PART/;
const line = `from="192.0.2.7" ${alice.line}`;

describe("a key whose create fails after its line is on the host", () => {
  test("is in the state, with the reason in the output", async () => {
    expect(await befallen(() => said(stack.up(program)))).toMatch(failed);
    expect([await host.lines(), Object.keys(stack.state())]).toEqual([[line], ["frank"]]);
    expect(stack.state()["frank"]?.outputs).toMatchObject({ fingerprintSha256: alice.sha256, unfinished: true });
  });

  test("is proven by the next up, also after a refresh, and then has nothing to change", async () => {
    await stack.refresh();
    expect(await stack.up(program)).toEqual({ id: `debian/${alice.sha256}` });
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[alice.line], "yes"]);
    expect(await stack.preview(program)).toEqual({ same: 2 });
  });

  test("is removed from the host if the program drops it instead", async () => {
    await stack.destroy();
    expect(await befallen(() => said(stack.up(program)))).toMatch(failed);
    await stack.up(empty);
    expect([await host.lines(), await host.accepts(alice.line)]).toEqual([[], "no"]);
  });
});
