/** Replacements of all sorts of files, on a real file system, as an account that is not root. */
import { spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { editHostFile } from "../../../provider/ssh/host_files/edit";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import { localSession } from "./local_session";
import { asAccount, FILE, testAsRoot, Workplace } from "./workplace";

let place: Workplace;
beforeEach(() => {
  place = new Workplace();
});
afterEach(() => place.remove());

const written = (bytes: string | Buffer) => ({ outcome: "written", bytes: Buffer.from(bytes), inPlace: false });

describe("A replacement keeps every byte of", () => {
  test.each([
    ["no bytes at all", ""],
    ["one byte", "x"],
    ["carriage returns and no line end at the end", "a\r\nb\r\n\r\nc"],
    ["line ends only", "\n\n\n"],
    ["NUL and bytes that are not UTF-8", Buffer.from([0, 0xff, 0xfe, 0, 10, 0xc3, 0x28, 0])],
    ["characters that mean something to a shell", "$(touch x) `id` '\"' \\ \\n %s %d ~ * ? ! # ; & | < >\n"],
    ["a line of 100 kB", `${"A".repeat(100_000)}\n`],
    ["2000 keys", `ssh-ed25519 ${"AAAA".repeat(17)} somebody\n`.repeat(2000)],
  ])("%s, as the old content and as the new", async (_, content) => {
    place.write(content);
    const bytes = Buffer.from(content);
    expect((await place.read())?.bytes.equals(bytes)).toBe(true);
    expect(await place.replace(bytes, "other\n")).toEqual(written("other\n"));
    const back = await place.replace("other\n", bytes);
    expect(back.outcome === "written" && back.bytes.equals(bytes)).toBe(true);
    expect(readFileSync(place.path()).equals(bytes)).toBe(true);
  });

  test.each([[0o600], [0o400], [0o644], [0o664], [0o640]])("its mode, %o, and leaves nothing else", async (mode) => {
    place.write("old", mode);
    expect(await place.replace("old", "new")).toEqual(written("new"));
    expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
    expect((statSync(place.path()).mode & 0o7777).toString(8)).toBe(mode.toString(8));
  });
});

describe("A replacement does not depend on how ls shows", () => {
  test.each([
    ["names", { QUOTING_STYLE: "c" }],
    ["names of a locale", { QUOTING_STYLE: "locale", LC_ALL: "C.UTF-8" }],
    ["sizes", { BLOCK_SIZE: "K" }],
    ["sizes for people", { LS_BLOCK_SIZE: "human-readable" }],
    ["times", { TIME_STYLE: "+%s %s" }],
  ])("%s", async (_, env) => {
    const other = new Workplace({ ...asAccount, env: { PATH: process.env["PATH"], ...env } });
    const text = "# a line\n".repeat(200);
    other.write(text);
    expect(await other.replace(text, `${text}more\n`)).toEqual(written(`${text}more\n`));
    other.remove();
  });

  test.each(["schlüssel", "two words", "tab\there", "line\nend", "[x]*?", "-l"])("a file called %j", async (name) => {
    const path = `.ssh/${name}`;
    place.write("old\n", 0o640, path);
    const bytes = Buffer.from("new\n");
    const replaced = replaceFileAtomically(place.shell, place.facts, "tester", path, Buffer.from("old\n"), bytes);
    expect(await replaced).toEqual(written("new\n"));
  });
});

describe("A replacement that expects no file", () => {
  test("creates one that only its owner may read", async () => {
    expect(await place.replace(undefined, "new")).toEqual(written("new"));
    expect(await place.read()).toMatchObject({ status: "read", mode: "0600" });
  });

  test("creates its directory too, which only its owner may enter", async () => {
    rmSync(place.path(".ssh"), { recursive: true });
    expect(await place.replace(undefined, "new")).toEqual(written("new"));
    expect((statSync(place.path(".ssh")).mode & 0o7777).toString(8)).toBe("700");
  });

  test("creates the file to which a link leads", async () => {
    symlinkSync("elsewhere", place.path());
    expect(await place.replace(undefined, "new")).toEqual(written("new"));
    expect(place.all()[FILE]).toBe("-> elsewhere");
    expect(readFileSync(place.path(".ssh/elsewhere"), "utf8")).toBe("new");
  });
});

describe("A link stays, and the file behind it is replaced, with", () => {
  test.each([
    ["a link to a file elsewhere", ["../keys"]],
    ["a link to a link", ["one", "../keys"]],
  ])("%s", async (_, targets) => {
    place.write("old", 0o600, "keys");
    symlinkSync(targets[0] ?? "", place.path());
    if (targets[1]) symlinkSync(targets[1], place.path(".ssh/one"));
    expect(await place.read()).toMatchObject({ resolved: place.path("keys"), path: place.path() });
    expect(await place.replace("old", "new")).toEqual(written("new"));
    expect(place.all()[FILE]).toBe(`-> ${targets[0]}`);
    expect(readFileSync(place.path("keys"), "utf8")).toBe("new");
  });

  test("an absolute link, and a directory that is one", async () => {
    place.directory("real", 0o700);
    place.write("old", 0o600, "real/keys");
    symlinkSync(place.path("real"), place.path("linked"));
    symlinkSync(place.path("linked/keys"), place.path());
    expect(await place.replace("old", "new")).toEqual(written("new"));
    expect(Object.keys(place.all())).toEqual([".ssh", FILE, "linked", "linked/keys", "real", "real/keys"]);
    expect(readFileSync(place.path("real/keys"), "utf8")).toBe("new");
  });
});

test("A file with a second name is known by its link count, because the other name keeps the old content", async () => {
  place.write("old");
  linkSync(place.path(), place.path("copy"));
  expect(await place.read()).toMatchObject({ links: 2 });
  expect(await place.replace("old", "new")).toEqual(written("new"));
  expect(readFileSync(place.path("copy"), "utf8")).toBe("old");
});

test("What somebody appends right after a replacement is reported, and a rollback does not destroy it", async () => {
  place.write("old\n");
  const programs = place.path("bin");
  place.directory("bin", 0o755);
  // The directory is flushed last.
  place.write('#!/bin/sh\n[ "$1" != . ] || echo theirs >>authorized_keys\n', 0o755, "bin/sync");
  const shell = localSession({ ...asAccount, env: { PATH: `${programs}:/usr/bin:/bin` } });
  const replace = (from: string, to: string) =>
    replaceFileAtomically(shell, place.facts, "tester", FILE, Buffer.from(from), Buffer.from(to));
  expect(await replace("old\n", "ours\n")).toEqual({ ...written("ours\n"), alteredSince: true });
  expect(await replace("ours\n", "old\n")).toEqual({ outcome: "changed" });
  expect(readFileSync(place.path(), "utf8")).toBe("ours\ntheirs\n");
});

/** What the replacement finds, its outcome, and how the test prepares the file. The expected bytes are "old". */
const failures: [found: string, outcome: object, prepare: () => void][] = [
  ["another content", { outcome: "changed" }, () => place.write("other")],
  ["a longer content with the same beginning", { outcome: "changed" }, () => place.write("old and more")],
  ["a shorter content", { outcome: "changed" }, () => place.write("ol")],
  ["no file any more", { outcome: "changed" }, () => undefined],
  ["no directory any more", failed(/no directory/), () => rmSync(place.path(".ssh"), { recursive: true })],
  ["a directory in its place", failed(/is not a regular file/), () => mkdirSync(place.path())],
  [
    "links that lead to each other",
    failed(/Too many levels of symbolic links/),
    () => symlinkSync(FILE.slice(5), place.path()),
  ],
  ["a link to a device", failed(/is not a regular file/), () => symlinkSync("/dev/null", place.path())],
  ["a file in place of its directory", failed(/no directory/), () => fileForDirectory()],
];

const failuresWithoutRights: typeof failures = [
  ["a file that it may not read", failed(/cannot read .*: Permission denied/), () => place.write("old", 0o200)],
  ["a directory that it may not enter", failed(/Permission denied/), () => closeDirectory(0o600)],
  ["a directory that it may not write", failed(/cannot write in .*: Permission denied/), () => closeDirectory(0o500)],
];

const failuresOfOwners: typeof failures = [
  ["a file of root", failed(/would not keep its owner/), () => give(0, 0, 0o644)],
  [
    "a file whose group has other rights than everybody",
    failed(/would not keep its owner, group/),
    () => give(undefined, 0, 0o660),
  ],
];

function failed(reason: RegExp) {
  return { outcome: "failed", reason: expect.stringMatching(reason) };
}

function fileForDirectory() {
  rmSync(place.path(".ssh"), { recursive: true });
  writeFileSync(place.path(".ssh"), "no directory");
}

function closeDirectory(mode: number) {
  place.write("old");
  chmodSync(place.path(".ssh"), mode);
}

function give(uid: number | undefined, gid: number, mode: number) {
  place.write("old", mode);
  place.own(FILE, uid, gid);
  chmodSync(place.path(), mode);
}

describe("A replacement changes nothing and leaves nothing behind where it finds", () => {
  test.each([...failures, ...failuresWithoutRights])("%s", async (_, outcome, prepare) => {
    prepare();
    const before = place.all();
    expect(await place.replace("old", "new")).toEqual(outcome);
    expect(place.all()).toEqual(before);
  });

  for (const [found, outcome, prepare] of failuresOfOwners) {
    testAsRoot(found, async () => {
      prepare();
      const before = place.all();
      expect(await place.replace("old", "new")).toEqual(outcome);
      expect(place.all()).toEqual(before);
    });
  }

  test("a file, where it expects none", async () => {
    place.write("old");
    const before = place.all();
    expect(await place.replace(undefined, "new")).toEqual({ outcome: "changed" });
    expect(place.all()).toEqual(before);
  });
});

describe("A file of more than a mebibyte", () => {
  const big = Buffer.alloc(2 ** 20 + 1, "\n");

  test("is not read, and the reason has its size", async () => {
    place.write(big);
    const reason = "it has 1048577 bytes, more than the 1048576 that are read";
    expect(await place.read()).toMatchObject({ status: "unreadable", bytes: Buffer.alloc(0), reason });
  });

  test("is not edited, and one byte less is", async () => {
    place.write(big);
    const edit = () =>
      editHostFile(place.shell, place.facts, "tester", FILE, ({ bytes }) => bytes.subarray(1), { lockPatienceMs: 50 });
    expect((await edit()).replacement).toEqual(failed(/cannot read .*: it has 1048577 bytes/));
    place.write(big.subarray(1));
    expect((await edit()).replacement).toMatchObject({ outcome: "written" });
  });
});

describe("A file that may not be changed by anybody", () => {
  const attributes = (flag: string, name: string) => spawnSync("chattr", [flag, place.path(name)]).status;

  test.each([
    ["+i", FILE],
    ["+a", FILE],
    ["+i", ".ssh"],
    ["+a", ".ssh"],
  ])("is left as it was, with chattr %s %s", async (flag, name) => {
    place.write("old");
    // Some file systems lack these flags, and some containers may not set them: then the file is an ordinary one.
    const isFixed = attributes(flag, name) === 0;
    const before = place.all();
    const outcome = await place.replace("old", "new");
    const after = place.all();
    attributes(flag.replace("+", "-"), name);
    expect(outcome).toEqual(isFixed ? failed(/: (Operation not permitted|Permission denied)$/) : written("new"));
    if (isFixed) expect(after).toEqual(before);
  });
});

testAsRoot("A group without other rights than everybody does not prevent a replacement", async () => {
  give(undefined, 0, 0o600);
  expect(await place.replace("old", "new")).toEqual(written("new"));
});
