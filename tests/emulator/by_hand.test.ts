/** Commands by hand to a running emulator, for trying bad days. */
import { sendByHand } from "../../emulator/send_by_hand";
import { alice } from "../resources/known_keys";
import { firstWords } from "./asking";
import { closeAll, start } from "./world";

afterEach(closeAll);

/** An emulator with the machine "web" and the key "alice", and a shell that has its variables. */
async function shell(guests: "ssh2" | "none" = "none") {
  const { emulator, client } = await start({ guests });
  await client.register("alice", alice.line);
  const { id, ip } = await client.create({ name: "web", "ssh-keys": [{ name: "alice" }] });
  const say = (...words: string[]) => sendByHand(words, { ...emulator.environment });
  const port = emulator.environment.EXOSCALE_SSH_PORT;
  return { emulator, client, id, target: { ip, port }, say };
}

test("stops a machine and starts it again", async () => {
  const { client, id, say } = await shell();
  expect(await say("stop", "web")).toBe("web is stopped.");
  expect((await client.get(`/instance/${id}`)).state).toBe("stopped");
  expect(await say("start", id)).toBe(`${id} runs.`);
  expect((await client.get(`/instance/${id}`)).state).toBe("running");
});

test("destroys a machine", async () => {
  const { client, say } = await shell();
  expect(await say("destroy", "web")).toBe("web is gone.");
  expect((await client.get("/instance")).instances).toEqual([]);
});

test("opens and closes the SSH port of the machines in a group", async () => {
  const { target, say } = await shell("ssh2");
  expect(await say("open-ssh", "default")).toBe("default opens TCP 22.");
  expect(await firstWords(target)).toMatch(/^SSH-2\.0-/);
  expect(await say("close-ssh", "default")).toBe("1 rule is removed from default.");
  expect(await firstWords(target)).toBe("ECONNRESET");
  expect(await say("close-ssh", "default")).toBe("0 rules are removed from default.");
});

test("leaves the rules of a group that do not open SSH", async () => {
  const { client, say } = await shell();
  const [group] = (await client.get("/security-group"))["security-groups"];
  const https = { "flow-direction": "ingress", protocol: "tcp", network: "0.0.0.0/0", "start-port": 443 };
  await client.settle("POST", `/security-group/${group.id}/rules`, https);
  await say("open-ssh", "default");
  await say("close-ssh", "default");
  expect((await client.get(`/security-group/${group.id}`)).rules).toMatchObject([https]);
});

test("deletes a key from the account, and the machine keeps it", async () => {
  const { emulator, client, id, say } = await shell("ssh2");
  expect(await say("delete-key", "alice")).toMatch(/^alice is deleted from the account\. The machines .* keep it\.$/);
  expect((await client.get("/ssh-key"))["ssh-keys"]).toEqual([]);
  expect(await (await emulator.cloud.guest(id)).authorizedKeys()).toBe(`${alice.line}\n`);
});

test("lists machines, keys and groups, whose names Pulumi chooses", async () => {
  const { target, say } = await shell();
  expect(await say("list")).toBe(`machine web running ${target.ip}\nkey alice\ngroup default`);
});

test.each([
  [["stop", "db"], 'There is no machine "db". There are: web'],
  [["delete-key", "bob"], 'There is no SSH key "bob". There are: alice'],
  [["close-ssh", "ssh"], 'There is no security group "ssh". There are: default'],
  [["stop"], "say: emulator stop MACHINE"],
  [["explode", "web"], 'unknown command "emulator explode web"'],
  [["toString", "web"], 'unknown command "emulator toString web"'],
])("says what is wrong with %j", async (words, reason) => {
  const { say } = await shell();
  await expect(say(...words)).rejects.toThrow(reason);
});

test("is in no record of requests", async () => {
  const { emulator, say } = await shell();
  const before = emulator.requests.length;
  await say("list");
  expect(emulator.requests).toHaveLength(before);
});

test("needs the variables of this emulator, and sends nothing to a real account", async () => {
  const { emulator } = await shell();
  const other = { ...emulator.environment, EXOSCALE_API_SECRET: "another" };
  await expect(sendByHand(["list"], other)).rejects.toThrow("those of another emulator");
  const real = { ...other, EXOSCALE_API_ENDPOINT: "https://api-ch-gva-2.exoscale.com/v2" };
  await expect(sendByHand(["list"], real)).rejects.toThrow("Paste the lines that the running emulator printed");
  await expect(sendByHand(["list"], {})).rejects.toThrow("Paste the lines that the running emulator printed");
});
