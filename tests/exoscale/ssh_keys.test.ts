import {
  ApiError,
  ApiUnreachableError,
  KeyMaterialTakenError,
  KeyNameTakenError,
  OperationFailedError,
} from "../../provider/errors";
import { SshKeys } from "../../provider/exoscale/ssh_keys";
import { type Answer, closeServers, malformed, operation, type ScriptedServer, serve } from "./scripted_server";

afterEach(closeServers);

const ours = "4d:31:21:c4:77:9f:19:91:6e:84:9d:7c:12:a8:11:1f";
const theirs = "00:31:21:c4:77:9f:19:91:6e:84:9d:7c:12:a8:11:1f";
const post = "POST /ssh-key";
const look = "GET /ssh-key/deploy";
const absent: Answer = { status: 404, json: { message: "SSH key not found" } };
const taken: Answer = { status: 409, json: { message: "SSH key already exists" } };
const listed = (...keys: object[]): Answer => ({ json: { "ssh-keys": keys } });
const present = (fingerprint: string): Answer => ({ json: { name: "deploy", fingerprint } });

function register(server: ScriptedServer): Promise<void> {
  return new SshKeys(server.api()).register("deploy", "ssh-ed25519 AAAA", ours);
}

test("registers a key in one request", async () => {
  const server = await serve(operation("success"));
  await register(server);
  expect(server.lines()).toEqual([post]);
  expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({ name: "deploy", "public-key": "ssh-ed25519 AAAA" });
});

test.each<[string, Answer]>([
  ["a lost reply", "break"],
  ["a gateway's timeout", { status: 504 }],
  ["a server error", { status: 500 }],
  ...malformed,
])("finds its key registered after %s, and does not register it again", async (_, fault) => {
  const server = await serve(fault, present(ours));
  await register(server);
  expect(server.lines()).toEqual([post, look]);
});

test.each(malformed)("says that the key may be registered after %s to every try", async (_, fault) => {
  const server = await serve(fault, absent);
  const failing = new SshKeys(server.api({ retry: { tries: 1 } })).register("deploy", "ssh-ed25519 AAAA", ours);
  await expect(failing).rejects.toThrow("it may have been carried out");
  expect(server.lines()).toEqual([post, look]);
});

test("registers the key again when a doubtful try has registered nothing", async () => {
  const server = await serve("break", absent, operation("success"));
  await register(server);
  expect(server.lines()).toEqual([post, look, post]);
});

test("recognises its key after a conflict that follows a lost reply", async () => {
  const server = await serve("break", absent, taken, present(ours));
  await register(server);
  expect(server.lines()).toEqual([post, look, post, look]);
});

test("does not take another key of that name for its own after a lost reply", async () => {
  const server = await serve("break", present(theirs));
  await expect(register(server)).rejects.toThrow(KeyNameTakenError);
});

test("registers again without a search when the server asked it to slow down", async () => {
  const server = await serve({ status: 429 }, operation("success"));
  await register(server);
  expect(server.lines()).toEqual([post, post]);
});

test("searches a last time before it gives up", async () => {
  const broken: Answer[] = ["break", absent, "break", present(ours)];
  const server = await serve(...broken);
  await new SshKeys(server.api({ retry: { tries: 2 } })).register("deploy", "ssh-ed25519 AAAA", ours);
  expect(server.lines()).toEqual([post, look, post, look]);
});

test("says that the registration may have been carried out when it gives up", async () => {
  const server = await serve("break", absent);
  const failing = new SshKeys(server.api({ retry: { tries: 1 } })).register("deploy", "ssh-ed25519 AAAA", ours);
  await expect(failing).rejects.toThrow(ApiUnreachableError);
  await expect(failing).rejects.toThrow("The request may have been carried out.");
});

test("does not adopt a key of the same fingerprint that was there before", async () => {
  const server = await serve(taken, listed({ name: "deploy", fingerprint: ours }));
  await expect(register(server)).rejects.toThrow(
    `The account already has this very key under the name "deploy" (fingerprint ${ours}). Set \`adopt: true\``,
  );
});

test("names both fingerprints when another key has the name", async () => {
  const server = await serve(taken, listed({ name: "deploy", fingerprint: theirs }));
  await expect(register(server)).rejects.toThrow(
    `its fingerprint is ${theirs}, the fingerprint of the key to register is ${ours}.`,
  );
});

test("repeats the server's message when a conflict is not about the name", async () => {
  const server = await serve({ status: 409, json: { message: "Public key is invalid" } }, listed());
  const failing = register(server);
  await expect(failing).rejects.toThrow(ApiError);
  await expect(failing).rejects.toThrow("other types, such as ecdsa, may be refused: use ed25519");
});

test("says under which name the account has the key when the API refuses a second registration", async () => {
  const server = await serve(taken, listed({ name: "old", fingerprint: ours }));
  const failing = register(server);
  await expect(failing).rejects.toThrow(KeyMaterialTakenError);
  await expect(failing).rejects.toThrow("409 to POST /ssh-key: SSH key already exists. The account already has this");
});

test("repeats the refusal when the account's keys cannot be listed", async () => {
  const server = await serve(taken, { status: 403, json: { message: "Forbidden by role policy" } });
  await expect(register(server)).rejects.toThrow("SSH key already exists");
});

test("reports a registration that fails", async () => {
  const server = await serve(operation("failure", { reason: "fault" }));
  await expect(register(server)).rejects.toThrow(OperationFailedError);
});

test("removes a key, or finds that it is gone", async () => {
  const server = await serve(operation("success"), absent);
  const keys = new SshKeys(server.api());
  await keys.remove("deploy");
  await keys.remove("deploy");
  expect(server.lines()).toEqual(["DELETE /ssh-key/deploy", "DELETE /ssh-key/deploy"]);
});

test("takes a deletion whose first reply was lost for done", async () => {
  const server = await serve("break", absent);
  await new SshKeys(server.api()).remove("deploy");
  expect(server.received).toHaveLength(2);
});

test("finds a key by its name, and undefined when there is none", async () => {
  const server = await serve(present(ours), absent);
  const keys = new SshKeys(server.api());
  expect(await keys.find("deploy")).toEqual({ name: "deploy", fingerprint: ours });
  expect(await keys.find("deploy")).toBeUndefined();
});

test("says that an old key is still there if the API does not know its name in a path", async () => {
  const server = await serve(absent, listed({ name: "Alice Example", fingerprint: ours }));
  const removal = new SshKeys(server.api()).remove("Alice Example");
  await expect(removal).rejects.toThrow(/still in the account.*Delete the key in Exoscale's console/);
  expect(server.lines()).toEqual(["DELETE /ssh-key/Alice%20Example", "GET /ssh-key"]);
});
