import { childOf, circlesIn, foldersAbove } from "./graph";
import { type Import, importsOf, mentions, runTimeImportsOf, sources } from "./imports";

/** What the files of a room may import besides each other: paths of the repository, and packages. */
const arrows: readonly { room: string; title: string; allowed: readonly string[] }[] = [
  { room: "provider/index", title: "what a program imports is the dynamic front", allowed: ["provider/dynamic"] },
  {
    room: "provider/dynamic",
    title: "the dynamic front joins Pulumi and the resources",
    allowed: [
      "provider/resources",
      "provider/account",
      "provider/private_key_file",
      "provider/errors",
      "provider/engine",
      "@pulumi/pulumi",
      "zod",
      "pulumi-exoscale-ssh/dynamic/impl",
    ],
  },
  {
    room: "provider/plugin",
    title: "the packaged front joins Pulumi's wire protocol and the resources",
    allowed: [
      "provider/resources",
      "provider/account",
      "provider/private_key_file",
      "provider/settings",
      "provider/deadline",
      "provider/errors",
      "provider/engine",
      "schema.json",
      "@pulumi/pulumi/proto/",
      "@grpc/grpc-js",
      "google-protobuf",
      "zod",
      "node:async_hooks",
      "node:crypto",
    ],
  },
  {
    room: "provider/engine",
    title: "what both fronts know of the engine needs no Pulumi",
    allowed: ["provider/resources/contract", "node:net"],
  },
  { room: "provider/settings", title: "the settings import nothing", allowed: [] },
  { room: "provider/keyed_mutex", title: "the mutex imports nothing", allowed: [] },
  { room: "provider/deadline", title: "the deadline imports nothing", allowed: [] },
  {
    room: "provider/resources",
    title: "the resources know no Pulumi, network, file or environment",
    allowed: [
      "provider/keys",
      "provider/account",
      "provider/private_key_file",
      "provider/keyed_mutex",
      "provider/deadline",
      "provider/errors",
      "zod",
      "js-yaml",
      "node:crypto",
      "node:util",
      "node:zlib",
    ],
  },
  {
    room: "provider/account",
    title: "the account joins Exoscale's API and SSH",
    allowed: ["provider/exoscale", "provider/ssh", "provider/settings", "provider/errors"],
  },
  {
    room: "provider/private_key_file",
    title: "one file touches files, and knows neither keys nor clouds",
    allowed: ["provider/errors", "node:crypto", "node:fs", "node:fs/promises", "node:os", "node:path"],
  },
  {
    room: "provider/exoscale",
    title: "the client of Exoscale's API stands alone",
    allowed: ["provider/deadline", "provider/errors", "node:crypto", "node:timers/promises"],
  },
  {
    room: "provider/ssh",
    title: "SSH to a host knows keys and no cloud",
    allowed: [
      "provider/keys",
      "provider/keyed_mutex",
      "provider/deadline",
      "provider/errors",
      "ssh2",
      "node:crypto",
      "node:net",
      "node:stream",
      "node:timers/promises",
    ],
  },
  {
    room: "provider/keys",
    title: "key material is pure computation",
    allowed: [
      "provider/errors",
      "bcrypt-pbkdf",
      "sshpk",
      "node-forge",
      "node:crypto",
      "node:timers/promises",
      "node:util",
    ],
  },
  { room: "provider/errors", title: "the errors import nothing", allowed: [] },
  {
    room: "emulator",
    title: "the emulator takes from the provider only keys, errors and the mutex, never its client",
    allowed: ["provider/keys", "provider/keyed_mutex", "provider/errors", "ssh2", "js-yaml", "node:"],
  },
  {
    room: "tools/generate",
    title: "the generator reads the descriptions of the resources",
    allowed: ["provider/resources", "provider/settings", "zod", "node:"],
  },
  { room: "examples", title: "examples import what a user installs", allowed: ["pulumi-exoscale-ssh", "@pulumi/"] },
];

/** Rooms inside a room: what each of them may import of the others. */
const innerArrows: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "provider/resources": {
    contract: [],
    machine: [],
    group_choice: ["contract"],
    open_port: [],
    labels: ["contract", "machine"],
    access: ["contract", "labels"],
    revocation: ["access", "contract", "labels", "machine", "open_port"],
    authorized_key: ["access", "contract"],
    instance: ["access", "contract", "group_choice", "labels", "machine", "open_port", "revocation"],
    security_group: ["contract", "group_choice"],
    ssh_key_pair: ["access", "contract", "revocation"],
    functions: ["contract", "instance", "revocation"],
    index: ["authorized_key", "functions", "instance", "security_group", "ssh_key_pair"],
  },
  "provider/ssh": {
    connection: [],
    authorized_keys: [],
    openssh_text: ["connection"],
    probe: ["connection"],
    wait: ["connection"],
    host_files: ["connection"],
    change_keys: ["authorized_keys", "connection", "host_files", "probe"],
    host_keys_on_host: ["connection", "host_files"],
    operations: ["change_keys", "host_keys_on_host", "probe", "wait"],
  },
};

const files = sources("provider", "emulator", "tools", "examples");

describe("Imports go one way", () => {
  test.each(arrows)("$room: $title", ({ room, allowed }) => {
    const own = filesOf(room);
    expect(own).not.toEqual([]);
    expect(own.flatMap(importsOf).filter(({ target }) => !within(room, target) && !allows(allowed, target))).toEqual(
      [],
    );
  });

  test("every source file belongs to one of these rooms", () => {
    const homeless = files.filter(
      (file) => !file.startsWith("tools/") && !arrows.some(({ room }) => within(room, file)),
    );
    expect(homeless).toEqual([]);
  });

  test("the scripts that set up, test and demonstrate import nothing that has to be compiled", () => {
    const scripts = filesOf("tools").filter((file) => !within("tools/generate", file));
    const compiled = ["provider", "emulator", "tools/generate"];
    expect(scripts.flatMap(importsOf).filter(({ target }) => allows(compiled, target))).toEqual([]);
  });
});

describe("Rooms inside a room", () => {
  test.each(Object.entries(innerArrows))("%s: each room imports only those that it is allowed to", (room, allowed) => {
    const inside = filesOf(room)
      .flatMap(importsOf)
      .filter(({ target }) => within(room, target));
    const crossing = inside.flatMap(({ file, target }) => {
      const [from, to] = [childOf(room, file), childOf(room, target)];
      return from === to ? [] : [{ from, to, file, target }];
    });
    expect(crossing.filter(({ from, to }) => !allowed[from]?.includes(to))).toEqual([]);
    // An arrow that nobody uses any more goes from the table, too.
    const used = new Set(crossing.map(({ from, to }) => `${from} -> ${to}`));
    const unused = Object.entries(allowed).flatMap(([from, targets]) => targets.map((to) => `${from} -> ${to}`));
    expect(unused.filter((arrow) => !used.has(arrow))).toEqual([]);
  });

  test("No files import each other in a circle, types included", () => {
    const graph = new Map(files.map((file) => [file, new Set(importsOf(file).flatMap(fileOf))]));
    expect(circlesIn(graph)).toEqual([]);
  });

  test.each(["provider", "emulator"])(
    "In no folder of %s do files and folders import each other in a circle",
    (top) => {
      const folders = new Set(filesOf(top).flatMap(foldersAbove));
      const circles = [...folders].flatMap((folder) => {
        const graph = new Map<string, Set<string>>();
        for (const found of files.filter((file) => file.startsWith(`${folder}/`)).flatMap(importsOf)) {
          const [from, to] = [childOf(folder, found.file), ...fileOf(found).map((file) => childOf(folder, file))];
          const isInside = fileOf(found).some((file) => file.startsWith(`${folder}/`));
          if (isInside && to !== undefined && from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
        }
        return circlesIn(graph).map((circle) => `${folder}: ${circle}`);
      });
      expect(circles).toEqual([]);
    },
  );
});

describe("What only one place may touch", () => {
  test.each(["sshpk", "node-forge"])("%s is imported by provider/keys alone", (library) => {
    expect(importersOf(library).filter((file) => !within("provider/keys", file))).toEqual([]);
  });

  test("Pulumi is imported by the fronts alone, and by the plugin never as a whole, which costs half a second", () => {
    const provider = filesOf("provider").flatMap(importsOf);
    const elsewhere = provider.filter(({ file, target }) => /pulumi/.test(target) && !within("provider/dynamic", file));
    const inPlugin = ({ file, target }: Import) =>
      within("provider/plugin", file) && target.startsWith("@pulumi/pulumi/proto/");
    expect(elsewhere.filter((found) => !inPlugin(found))).toEqual([]);
  });

  test("the account reads the settings, the fronts an argument or a variable of Pulumi, and nothing else does either", () => {
    const ours = filesOf("provider").filter((file) => mentions(file, "process"));
    expect(ours).toEqual([
      "provider/account.ts",
      "provider/dynamic/promise_traces.ts",
      "provider/engine/alive.ts",
      "provider/engine/closing.ts",
      "provider/plugin/main.ts",
      "provider/plugin/server.ts",
    ]);
  });

  test("the resources reach the network through the account alone", () => {
    expect(filesOf("provider/resources").filter((file) => mentions(file, "fetch"))).toEqual([]);
  });

  test("the resources know the account and the key files as types only", () => {
    const atRunTime = filesOf("provider/resources").flatMap(runTimeImportsOf);
    const outside = ["provider/account", "provider/private_key_file"];
    expect(atRunTime.filter(({ target }) => outside.includes(target))).toEqual([]);
  });

  test("one file of the provider reads and writes files", () => {
    const importers = ["node:fs", "node:fs/promises", "fs"].flatMap(importersOf);
    expect([...new Set(importers)].filter((file) => within("provider", file))).toEqual([
      "provider/private_key_file.ts",
    ]);
  });

  test("the dynamic front knows zod as a type only", () => {
    const atRunTime = filesOf("provider/dynamic").flatMap(runTimeImportsOf);
    expect(atRunTime.filter(({ target }) => target === "zod")).toEqual([]);
  });

  test("the closures that Pulumi stores fetch the implementation by the package's name and nothing else", () => {
    const fetched = new Set(runTimeImportsOf("provider/dynamic/providers.ts").map(({ target }) => target));
    expect([...fetched]).toEqual(["pulumi-exoscale-ssh/dynamic/impl"]);
    expect(importersOf("pulumi-exoscale-ssh/dynamic/impl")).toEqual(["provider/dynamic/providers.ts"]);
  });
});

function filesOf(room: string): string[] {
  return files.filter((file) => within(room, file));
}

function importersOf(target: string): string[] {
  return [
    ...new Set(
      files
        .flatMap(importsOf)
        .filter(isOf(target))
        .map(({ file }) => file),
    ),
  ];
}

function isOf(library: string): (found: Import) => boolean {
  return ({ target }) => target === library || target.startsWith(`${library}/`);
}

/** A room is a folder with all that is below it, or one file. */
function within(room: string, path: string): boolean {
  return path === room || path === `${room}.ts` || path.startsWith(`${room}/`);
}

/** A name that ends in a colon or a slash allows all that begins with it. */
function allows(allowed: readonly string[], target: string): boolean {
  return allowed.some((name) => (/[:/]$/.test(name) ? target.startsWith(name) : within(name, target)));
}

/** The source file that an import means, as a path from the root; none for packages. */
function fileOf({ target }: Import): string[] {
  return [`${target}.ts`, `${target}.mjs`, `${target}/index.ts`].filter((file) => files.includes(file)).slice(0, 1);
}
