import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import fileSystem from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { KeyFileTakenError, KeyFileUnusableError } from "../provider/errors";
import { privateKeyFiles as files } from "../provider/private_key_file";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "key-file-"));
  path = join(folder, "key");
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
const text = "a private key\n";

function written(content: string): string {
  writeFileSync(path, content);
  return path;
}

function linked(target: string): string {
  symlinkSync(target, path);
  return path;
}

/** Acts like a file system without modes. @returns the text of each file when it was closed */
function openedForEverybody(): () => string[] {
  const open = fileSystem.open;
  const texts: string[] = [];
  jest.spyOn(fileSystem, "open").mockImplementation(async (file, ...how) => {
    const handle = await open(file, ...how);
    await handle.chmod(0o644);
    const close = handle.close.bind(handle);
    handle.close = async () => {
      texts.push(readFileSync(file.toString(), "utf8"));
      await close();
    };
    return handle;
  });
  return () => texts;
}

/** Root may do everything, so it becomes another user for a moment. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe("A new private key file", () => {
  test("can be read by its owner alone, as can the folders created for it", async () => {
    const deep = join(folder, "a", "b", "key");
    await files.create(deep, text);
    expect(readFileSync(deep, "utf8")).toBe(text);
    expect([deep, join(folder, "a", "b"), join(folder, "a")].map(mode)).toEqual(["600", "700", "700"]);
  });

  test("leaves the rights of a folder that exists as they are", async () => {
    chmodSync(folder, 0o755);
    await files.create(path, text);
    expect(mode(folder)).toBe("755");
  });

  test("is alone in its folder: no temporary file stays", async () => {
    await files.create(path, text);
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test.each(["what is there", ""])("is never written over a file that holds %j", async (content) => {
    writeFileSync(path, content);
    await expect(files.create(path, text)).rejects.toThrow(KeyFileTakenError);
    expect(readFileSync(path, "utf8")).toBe(content);
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test("is not written through a symbolic link, not even one to nowhere", async () => {
    symlinkSync(join(folder, "elsewhere"), path);
    await expect(files.create(path, text)).rejects.toThrow(KeyFileTakenError);
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test("is whole, and one of two when two are created at once", async () => {
    const results = await Promise.allSettled(["one\n", "two\n"].map((content) => files.create(path, content)));
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(readFileSync(path, "utf8")).toBe(["one\n", "two\n"][winner]);
  });

  test("may be given relative to the working folder, or to the home directory", async () => {
    await files.create(relative(process.cwd(), join(folder, "near")), text);
    await files.create(`~/${relative(homedir(), join(folder, "home"))}`, text);
    expect(readdirSync(folder).sort()).toEqual(["home", "near"]);
  });

  test("is refused while it is empty where the file system lets everybody read it", async () => {
    const texts = openedForEverybody();
    await expect(files.create(path, text)).rejects.toThrow("lets everybody read it. Choose another privateKeyFile");
    expect([texts(), readdirSync(folder)]).toEqual([[""], []]);
  });

  test("cannot be created below a file, and the error says so", async () => {
    writeFileSync(path, "");
    const made = files.create(join(path, "key"), text);
    await expect(made).rejects.toThrow(
      `Could not write the private key file "${path}/key": a part of the path is a file`,
    );
  });
});

test("A key file cannot be created without the right to write in its folder", async () => {
  chmodSync(folder, 0o555);
  const made = asNobody(() => files.create(path, text));
  await expect(made).rejects.toThrow(`Could not write the private key file "${path}": no permission (EACCES).`);
});

test("A key file is created, changed and removed in a folder that nobody can list", async () => {
  if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534);
  chmodSync(folder, 0o300);
  await asNobody(async () => {
    await files.create(path, text);
    await files.replace(path, text, "another\n");
    await files.remove(path, "another\n");
  });
  chmodSync(folder, 0o700);
  expect(readdirSync(folder)).toEqual([]);
});

describe("A draft that a killed run left beside a file", () => {
  const leftover = ".exoscale-ssh-key-0123456789abcdef";

  test.each<[string, (path: string) => Promise<void>]>([
    ["next creation", (file) => files.create(`${file}-2`, text)],
    ["next change", (file) => files.replace(file, text, "another\n")],
    ["removal", (file) => files.remove(file, text)],
  ])("is removed by the %s, because it holds a private key", async (_what, work) => {
    await files.create(path, text);
    writeFileSync(join(folder, leftover), text);
    utimesSync(join(folder, leftover), 0, 0);
    await work(path);
    expect(readdirSync(folder)).not.toContain(leftover);
  });

  test("stays while it may belong to a run that is still writing", async () => {
    writeFileSync(join(folder, leftover), text);
    await files.create(path, text);
    expect(readdirSync(folder).sort()).toEqual([leftover, "key"]);
  });

  test("is distinguished from files with other names", async () => {
    const other = `${leftover}.pub`;
    writeFileSync(join(folder, other), text);
    utimesSync(join(folder, other), 0, 0);
    await files.create(path, text);
    expect(readdirSync(folder)).toContain(other);
  });
});

describe("A private key file is replaced", () => {
  test("atomically by another file of mode 0600", async () => {
    await files.create(path, text);
    const before = statSync(path).ino;
    chmodSync(path, 0o644);
    await files.replace(path, text, "another\n");
    expect([readFileSync(path, "utf8"), mode(path)]).toEqual(["another\n", "600"]);
    expect(statSync(path).ino).not.toBe(before);
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test("by a file of the same owner and group, where that is possible", async () => {
    const [owner, group] = process.getuid?.() === 0 ? [65_533, 65_534] : [process.getuid?.(), process.getgid?.()];
    writeFileSync(path, text);
    if (process.getuid?.() === 0) chownSync(path, 65_533, 65_534);
    await files.replace(path, text, "another\n");
    expect(statSync(path)).toMatchObject({ uid: owner, gid: group });
    expect(mode(path)).toBe("600");
  });

  test("only while it holds what the caller has read", async () => {
    writeFileSync(path, "somebody else's\n");
    await expect(files.replace(path, text, "another\n")).rejects.toThrow(KeyFileUnusableError);
    expect(readFileSync(path, "utf8")).toBe("somebody else's\n");
    expect(readdirSync(folder)).toEqual(["key"]);
  });
});

describe("A private key file is removed", () => {
  test("only while it holds what the caller has read", async () => {
    writeFileSync(path, "somebody else's\n");
    await expect(files.remove(path, text)).rejects.toThrow("Could not remove the private key file");
    await files.remove(path, "somebody else's\n");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("itself, not the target of a symbolic link in its place", async () => {
    writeFileSync(join(folder, "target"), text);
    symlinkSync("target", path);
    await expect(files.remove(path, text)).rejects.toThrow(KeyFileUnusableError);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "target"), "utf8")).toBe(text);
  });
});

describe("Inspecting a path", () => {
  test("gives the text of a file, and tells where a new one can be created", async () => {
    writeFileSync(path, text);
    expect(await files.inspect(path)).toEqual({ is: "file", text });
    expect(await files.inspect(join(folder, "a", "b", "key"))).toEqual({ is: "free" });
    expect(readdirSync(folder)).toEqual(["key"]);
  });

  test.each<[string, () => string, RegExp]>([
    ["a directory", () => folder, /^is a directory; give the path of a file in it$/],
    ["a symbolic link", () => linked("nowhere"), /^is a symbolic link; give the path of the file itself$/],
    ["a device", () => "/dev/null", /^is not a regular file$/],
    ["a place below a file", () => join(written(""), "key"), /^cannot be read: a part of the path is a file/],
    [
      "a name that is too long",
      () => join(folder, "x".repeat(300)),
      /^cannot be read: the name is too long \(ENAMETOOLONG\)$/,
    ],
    ["a file that is too large", () => written("x".repeat(65_537)), /^has 65537 bytes, too many/],
  ])("says what is wrong with %s", async (_what, place, why) => {
    expect(await files.inspect(place())).toEqual({ is: "blocked", why: expect.stringMatching(why) });
  });

  test("says that the permission to write in a folder is missing, which root always has", async () => {
    mkdirSync(join(folder, "locked"), { mode: 0o555 });
    const why = `cannot be created in ${folder}/locked: no permission (EACCES)`;
    const expected = process.getuid?.() === 0 ? { is: "free" } : { is: "blocked", why };
    expect(await files.inspect(join(folder, "locked", "key"))).toEqual(expected);
  });

  test("says that the permission to read a file is missing", async () => {
    chmodSync(folder, 0o755);
    chmodSync(written(text), 0o000);
    const seen = await asNobody(() => files.inspect(path));
    expect(seen).toEqual({ is: "blocked", why: "cannot be read: no permission (EACCES)" });
  });
});

test("Two paths are the same file when they lead to one that exists", async () => {
  writeFileSync(path, text);
  linkSync(path, join(folder, "link"));
  writeFileSync(join(folder, "copy"), text);
  expect(await files.isSameFile(path, join(folder, ".", "key"))).toBe(true);
  expect(await files.isSameFile(path, join(folder, "copy"))).toBe(false);
  expect(await files.isSameFile(join(folder, "none"), join(folder, "none"))).toBe(false);
});
