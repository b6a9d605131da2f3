/** Several edits of the same file at the same time, and edits that are interrupted. */
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

test("An edit is decided again on what somebody else wrote meanwhile", async () => {
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

test("An edit stops after several tries if somebody else writes before each of them, and says so", async () => {
  let writes = 0;
  const { replacement } = await edit((found) => {
    writes += 1;
    place.write(`theirs ${writes}\n`);
    return appended("ours\n")(found);
  });
  expect(replacement).toEqual({ outcome: "changed" });
  expect([writes, readFileSync(place.path(), "utf8")]).toEqual([15, "theirs 15\n"]);
});

test("Ten edits at the same time all take effect", async () => {
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

test("An edit of a file that cannot be read makes no decision", async () => {
  place.directory(FILE, 0o700);
  const decide = () => {
    throw new Error("decided");
  };
  expect((await edit(decide)).replacement).toEqual({
    outcome: "failed",
    reason: expect.stringMatching(/authorized_keys is not a regular file$/),
  });
});

test("A lock that nobody releases is broken after the time limit, and is gone afterwards", async () => {
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
])("A lock %s is broken too", async (_, prepare) => {
  place.write("old");
  place.directory(LOCK, 0o700);
  prepare();
  const { replacement } = await edit(appended(" new"), { lockPatienceMs: 50 });
  expect(replacement).toMatchObject({ outcome: "written", bytes: Buffer.from("old new") });
  expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
});

const inLock = (...name: number[]) => Buffer.concat([Buffer.from(`${place.path(LOCK)}/`), Buffer.from(name)]);

testAsRoot("A lock that cannot be broken is named after the time limit", async () => {
  place.write("old");
  mkdirSync(inLock(0x61), { recursive: true });
  const before = place.all();
  const { replacement } = await edit(appended(" new"), { lockPatienceMs: 50 });
  const reason = `a lock is left and cannot be broken, remove ${place.path(LOCK)}: Permission denied`;
  expect(replacement).toEqual({ outcome: "failed", reason });
  expect(place.all()).toEqual(before);
});

test("A lock that looks different to the host at every try is named in the end", async () => {
  place.write("old");
  place.directory(LOCK, 0o700);
  // Like a host that shows the date of the lock differently each time.
  const forgetful: Shell = { exec: (command, stdin, options) => place.shell.exec(command, unstale(stdin), options) };
  const { replacement } = await editHostFile(forgetful, place.facts, "tester", FILE, appended(" new"), {
    lockPatienceMs: 50,
  });
  expect(replacement).toMatchObject({ outcome: "failed", reason: expect.stringMatching(/, remove .*ssh\.lock$/) });
});

/** The script with another holder for the lock to break, and the same length. */
const unstale = (stdin: string | Buffer = "") =>
  stdin.toString("latin1").replace(/(?<=stale=')[^']+/, (by) => "x".repeat(by.length));

test("An edit waits for a lock until the caller aborts", async () => {
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

describe.each([
  ["text", Buffer.from("old bytes."), Buffer.from("new bytes!")],
  [
    "other bytes, which are uploaded behind the script",
    Buffer.from("old \0ytes."),
    Buffer.from("new \xffytes!", "latin1"),
  ],
])("With %s,", (_what, before, after) => {
  test.each([
    ["in the middle of the script", 2_000],
    ["before the data", -20],
    ["in the middle of the expected bytes", -14],
    ["in the middle of the new bytes", -3],
    ["before the last byte", -1],
  ])("a connection that ends %s leaves everything as it was", async (_, at) => {
    place.write(before);
    const files = place.all();
    const shell: Shell = cutOff(place.shell, at);
    const replacement = replaceFileAtomically(shell, place.facts, "tester", FILE, before, after);
    await replacement.catch(() => undefined);
    expect(place.all()).toEqual(files);
  });
});

test("A script that ends too early changes nothing, wherever it ends", async () => {
  place.write("old bytes.");
  const before = place.all();
  const ends = Array.from({ length: 40 }, (_, index) => -1 - index * 150);
  for (const end of ends) {
    const replacement = replaceFileAtomically(
      cutOff(place.shell, end),
      place.facts,
      "tester",
      FILE,
      Buffer.from("old bytes."),
      Buffer.from("new bytes!"),
    );
    await replacement.catch(() => undefined);
    expect(place.all()).toEqual(before);
  }
});
