/** Several who edit the same file, and those who are cut off while they do. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { editHostFile } from "../../../provider/ssh/host_files/edit";
import type { HostFile } from "../../../provider/ssh/host_files/read";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import type { Shell } from "../../../provider/ssh/host_files/run_script";
import { cutOff } from "./local_session";
import { FILE, testAsRoot, Workplace } from "./workplace";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const LOCK = ".ssh/.authorized_keys.exoscale-ssh.lock";
const appended = (text: string) => (file: HostFile) => Buffer.concat([file.bytes, Buffer.from(text)]);
const edit = (decide: (file: HostFile) => Buffer | undefined, options = {}) =>
  editHostFile(place.shell, place.facts, "tester", FILE, decide, options);

test("An edit is decided anew upon what somebody else wrote meanwhile", async () => {
  place.write("old\n");
  let decisions = 0;
  const { file, replacement } = await edit((found) => {
    decisions += 1;
    if (decisions === 1) place.write("theirs\n");
    return appended("ours\n")(found);
  });
  expect(replacement).toMatchObject({ outcome: "written", bytes: Buffer.from("theirs\nours\n") });
  expect([decisions, file.bytes.toString()]).toEqual([2, "theirs\n"]);
});

test("An edit gives up where somebody else writes between every two looks, and says so", async () => {
  let writes = 0;
  const { replacement } = await edit((found) => {
    writes += 1;
    place.write(`theirs ${writes}\n`);
    return appended("ours\n")(found);
  });
  expect(replacement).toEqual({ outcome: "changed" });
  expect([writes, readFileSync(place.path(), "utf8")]).toEqual([15, "theirs 15\n"]);
});

test("Ten at once lose nothing of one another's edits", async () => {
  place.write("");
  const names = Array.from({ length: 10 }, (_, index) => `line ${index}\n`);
  const results = await Promise.all(names.map((name) => edit(appended(name))));
  expect(results.map(({ replacement }) => replacement?.outcome)).toEqual(names.map(() => "written"));
  expect(readFileSync(place.path(), "utf8").match(/.+\n/g)?.sort()).toEqual(names);
  expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
});

test("An edit that decides for nothing writes nothing", async () => {
  place.write("old");
  const { mtimeNs, ino } = statSync(place.path(), { bigint: true });
  expect(await edit(() => undefined)).toMatchObject({ file: { bytes: Buffer.from("old") } });
  expect(statSync(place.path(), { bigint: true })).toMatchObject({ mtimeNs, ino });
});

test("An edit of what cannot be read is not decided at all", async () => {
  place.directory(FILE, 0o700);
  const decide = () => {
    throw new Error("decided");
  };
  expect((await edit(decide)).replacement).toEqual({
    outcome: "failed",
    reason: expect.stringMatching(/authorized_keys is not a regular file$/),
  });
});

test("A lock that nobody moves is taken over once patience ends, and is gone afterwards", async () => {
  place.write("old");
  place.directory(LOCK, 0o700);
  place.write("half", 0o600, `${LOCK}/0123`);
  const { replacement } = await edit(appended(" new"), { lockPatienceMs: 50 });
  expect(replacement).toMatchObject({ outcome: "written", bytes: Buffer.from("old new") });
  expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
});

test.each([
  ["that is not writable", () => chmodSync(place.path(LOCK), 0o555)],
  ["with a file whose name is no UTF-8", () => writeFileSync(inLock(0xff), "")],
])("A lock %s is taken over as well", async (_, prepare) => {
  place.write("old");
  place.directory(LOCK, 0o700);
  prepare();
  const { replacement } = await edit(appended(" new"), { lockPatienceMs: 50 });
  expect(replacement).toMatchObject({ outcome: "written", bytes: Buffer.from("old new") });
  expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
});

const inLock = (...name: number[]) => Buffer.concat([Buffer.from(`${place.path(LOCK)}/`), Buffer.from(name)]);

testAsRoot("A lock that cannot be taken away is named once patience ends", async () => {
  place.write("old");
  mkdirSync(inLock(0x61), { recursive: true });
  const before = place.all();
  const { replacement } = await edit(appended(" new"), { lockPatienceMs: 50 });
  const reason = `a lock is left and cannot be broken, remove ${place.path(LOCK)}: Permission denied`;
  expect(replacement).toEqual({ outcome: "failed", reason });
  expect(place.all()).toEqual(before);
});

test("A lock that looks like another one to the host at every turn is named in the end", async () => {
  place.write("old");
  place.directory(LOCK, 0o700);
  // As where the host shows a date otherwise from one look to the next.
  const forgetful: Shell = { exec: (command, stdin, options) => place.shell.exec(command, unstale(stdin), options) };
  const { replacement } = await editHostFile(forgetful, place.facts, "tester", FILE, appended(" new"), {
    lockPatienceMs: 50,
  });
  expect(replacement).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/, remove .*ssh\.lock$/) });
});

/** The script without the lock that it may break, as long as it was. */
const unstale = (stdin: string | Buffer = "") =>
  stdin.toString("latin1").replace(/(?<=stale=')[^']+/, (by) => "x".repeat(by.length));

test("A lock is waited for until the caller gives up", async () => {
  place.write("old");
  place.directory(LOCK, 0o700);
  const before = place.all();
  const controller = new AbortController();
  let looks = 0;
  const waiting = edit(
    (file) => {
      looks += 1;
      if (looks === 20) controller.abort();
      return appended(" new")(file);
    },
    { signal: controller.signal },
  );
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  expect(place.all()).toEqual(before);
});

test.each([
  ["in the middle of the script", 2_000],
  ["before the data", -20],
  ["in the middle of the expected bytes", -14],
  ["in the middle of the new bytes", -3],
  ["before the last byte", -1],
])("A connection that ends %s leaves everything as it was", async (_, at) => {
  place.write("old bytes.");
  const before = place.all();
  const shell: Shell = cutOff(place.shell, at);
  const replacement = replaceFileAtomically(
    shell,
    place.facts,
    "tester",
    FILE,
    Buffer.from("old bytes."),
    Buffer.from("new bytes!"),
  );
  await replacement.catch(() => undefined);
  expect(place.all()).toEqual(before);
});
