/** Somebody between the provider and the API. Pulumi's output is what a user sees. */
import { Instance, SshKeyPair } from "pulumi-exoscale-ssh";
import { Api } from "../../provider/exoscale/client";
import { InstanceTypes } from "../../provider/exoscale/instance_types";
import { Instances } from "../../provider/exoscale/instances";
import { Templates } from "../../provider/exoscale/templates";
import { type Json, mapObjects, type RewritingProxy, startProxy } from "../rewriting_proxy";
import { useStack } from "./use_stack";

jest.setTimeout(240_000);

const { emulator, stack } = useStack({ guests: "none" });

let rewrite: (answer: Json) => Json;
let proxy: RewritingProxy;
beforeAll(async () => {
  proxy = await startProxy(emulator.endpoint, (answer) => rewrite(answer));
  stack.setEnvironment({ EXOSCALE_API_ENDPOINT: proxy.endpoint });
});
beforeEach(() => {
  rewrite = (answer) => answer;
});
afterAll(() => proxy.close());

const pair = async () => void new SshKeyPair("pair", { name: "deploy" });

test("The name of an instance cannot steer the terminal in which a warning names it", async () => {
  await stack.up(pair);
  await makeInstance("deploy");
  rewrite = (answer) =>
    mapObjects(answer, (object) => (object["name"] === "web" ? { ...object, name: "\u001b[2J\u202eweb" } : object));
  const before = stack.output.length;
  await stack.destroy();
  const shown = stack.output.slice(before);
  expect(shown).toMatch(/warning: .*deploy.*\[2J +web \(ch-gva-2/s);
  expect(shown).not.toMatch(/(?!\s)[\p{Cc}\u202e]/u);
});

test("A list of zones that names another host stops a preview, and the host gets nothing", async () => {
  let requests = 0;
  const foreign = await startProxy(emulator.endpoint, (answer) => {
    requests++;
    return answer;
  });
  const endpoint = foreign.endpoint.replace("127.0.0.1", "127.0.0.2");
  rewrite = (answer) =>
    mapObjects(answer, (object) => ("api-endpoint" in object ? { ...object, "api-endpoint": endpoint } : object));
  const web = async () =>
    void new Instance("web", { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 });
  const said = await stack.failure(stack.preview(web));
  foreign.close();
  expect(said).toContain(`says that the API of ch-gva-2 is at "${endpoint}"`);
  expect(requests).toBe(0);
});

/** An instance `web` that is in no stack. */
async function makeInstance(keyName: string): Promise<void> {
  const { EXOSCALE_API_KEY: apiKey, EXOSCALE_API_SECRET: apiSecret } = emulator.environment;
  const api = new Api({ endpoint: emulator.endpoint, credentials: () => ({ apiKey, apiSecret }) });
  const [[type], [template]] = await Promise.all([new InstanceTypes(api).list(), new Templates(api).list("public")]);
  const body = {
    name: "web",
    "disk-size": 10,
    "instance-type": { id: type?.id ?? "" },
    template: { id: template?.id ?? "" },
    "ssh-keys": [{ name: keyName }],
  };
  await new Instances(api).create(body, { findCreated: async () => undefined });
}
