/** The scripts with the shells and programs of different hosts, each in place of this machine's /bin/sh. */
import { mkdirSync, rmSync } from "node:fs";
import { inspectHost } from "../../../provider/ssh/host_files/inspect_host";
import { replaceFileAtomically } from "../../../provider/ssh/host_files/replace_file";
import { Busybox, type Differences, hostWith, pathOf, whyNoDifferences } from "./shells";
import { asAccount, FILE, Workplace } from "./workplace";

const written = (bytes: string | Buffer) => ({ outcome: "written", bytes: Buffer.from(bytes), inPlace: false });
const BYTES = Buffer.from([0, 0xff, 10, 13, 10, 0x27, 0x22, 0x24, 0x5c, 37, 115, 0]);

/** The tests for one kind of host. If this machine lacks a program, the group is skipped and names it. */
function describeHost(title: string, needed: readonly string[], make: () => Workplace) {
  const missing = needed.filter((program) => pathOf(program) === undefined);
  if (whyNoDifferences) missing.push(whyNoDifferences);
  if (missing.length > 0) describe.skip(`${title} (skipped: missing ${missing})`, () => promises(make));
  else describe(title, () => promises(make));
}

function promises(make: () => Workplace) {
  let place: Workplace;
  beforeEach(() => {
    place = make();
  });
  afterEach(() => place.remove());

  test("a file of any bytes is read, and replaced by any other", async () => {
    place.write("old");
    expect(await place.replace("old", BYTES)).toEqual(written(BYTES));
    expect(await place.read()).toMatchObject({ status: "read", bytes: BYTES, links: 1, mode: "0600" });
    expect(await place.replace(BYTES, "")).toEqual(written(""));
    expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
  });

  test("a file that does not exist is created with its directory", async () => {
    rmSync(place.path(".ssh"), { recursive: true });
    expect(await place.read()).toMatchObject({ status: "missing", reason: "No such file or directory" });
    expect(await place.replace(undefined, BYTES)).toEqual(written(BYTES));
    expect(await place.read()).toMatchObject({ bytes: BYTES, mode: "0600" });
  });

  test("a file that changed meanwhile is left alone", async () => {
    place.write("changed");
    const before = place.all();
    expect(await place.replace("old", "new")).toEqual({ outcome: "changed" });
    expect(place.all()).toEqual(before);
  });

  test("a directory in its place is left alone", async () => {
    mkdirSync(place.path());
    const before = place.all();
    expect(await place.read()).toMatchObject({ status: "not-a-file" });
    expect(await place.replace("old", "new")).toMatchObject({ outcome: "failed" });
    expect(place.all()).toEqual(before);
  });

  test("a read-only file stays read-only", async () => {
    place.write("old", 0o400);
    expect(await place.replace("old", "new")).toEqual(written("new"));
    expect(await place.read()).toMatchObject({ mode: "0400" });
  });

  test("a lock is respected unless it is given as stale", async () => {
    place.write("old");
    place.directory(".ssh/.authorized_keys.exoscale-ssh.lock", 0o700);
    const locked = await place.replace("old", "new");
    expect(locked).toEqual({ outcome: "locked", by: expect.stringMatching(/ since \w{3} +\d/) });
    if (locked.outcome === "locked") await place.replace("old", "new", { staleLock: locked.by });
    expect(Object.keys(place.all())).toEqual([".ssh", FILE]);
    expect(await place.read()).toMatchObject({ bytes: Buffer.from("new") });
  });

  test("a file whose name ls shows in another way is replaced", async () => {
    const path = ".ssh/schlüssel";
    place.write("old", 0o600, path);
    const [before, after] = [Buffer.from("old"), Buffer.from("new")];
    const { outcome } = await replaceFileAtomically(place.shell, place.facts, "tester", path, before, after);
    expect([outcome, (await place.read(path))?.bytes]).toEqual(["written", after]);
  });

  test("all files that match a pattern are read, in order", async () => {
    place.directory(".ssh/keys.d", 0o700);
    for (const name of ["b.pub", "a.pub", "c.other"]) place.write(name, 0o600, `.ssh/keys.d/${name}`);
    const files = await place.readAll(".ssh/keys.d/*.pub");
    expect(files.map(({ bytes }) => bytes.toString())).toEqual(["a.pub", "b.pub"]);
    expect(await place.readAll(".ssh/none.d/*.pub")).toEqual([]);
  });

  test("an inspection finds the session's account and the accounts that exist", async () => {
    const { loginAccount, accounts } = await inspectHost(place.shell, ["root", "not-there"]);
    expect(loginAccount.uid).toBe(place.facts.loginAccount.uid);
    expect([...accounts.keys()]).toEqual(["root"]);
  });
}

const SHELLS = ["dash", "bash", "busybox", "mksh", "zsh", "yash", "posh", "ksh93"].filter(
  (sh) => pathOf(sh) ?? inCi(sh),
);

/** Whether continuous integration installs the shell. A missing one is then a skipped group; the others are optional. */
function inCi(sh: string): boolean {
  return ["dash", "bash", "busybox", "mksh", "zsh"].includes(sh);
}

describe.each(SHELLS)("With %s as /bin/sh,", (sh) => {
  describeHost("and this machine's programs,", [sh], () => new Workplace(hostWith({ sh: pathOf(sh) ?? sh })));
});

describe("With busybox for every program it has,", () => {
  let busybox: Busybox;
  beforeAll(() => {
    busybox = new Busybox(pathOf("busybox") ?? "busybox");
  });
  afterAll(() => busybox.remove());
  const host = (more: Differences) => () => new Workplace(hostWith({ path: busybox.directory, ...more }));

  describeHost("and busybox as /bin/sh,", ["busybox"], () => host({ sh: pathOf("busybox") ?? "" })());
  describeHost("and dash as /bin/sh,", ["busybox", "dash"], () => host({ sh: pathOf("dash") ?? "" })());
});

describeHost(
  "Without cmp, getent and find,",
  [],
  () => new Workplace(hostWith({ without: ["cmp", "getent", "find"] })),
);

describe.each(["bash", "zsh", "fish", "tcsh", "mksh"])("With %s as the login shell,", (shell) => {
  describeHost("", [shell], () => new Workplace({ ...asAccount, shell: [pathOf(shell) ?? shell] }));
});
