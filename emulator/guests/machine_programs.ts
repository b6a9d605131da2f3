/** Which programs of this machine a guest finds, so that a test meets the same guest on every machine. */
import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";

/** The programs of this machine that guests find: `all`, or those that every Linux has and the ones in this list. */
export type ProgramChoice = "all" | readonly string[];

/** Where distributions put programs. In a merged /usr some of them are links to others. */
const programDirectories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Programs that only some machines have and that scripts look for. Guests have a sudo, su and systemctl of their own.
 */
const optionalPrograms = [
  // To run a command as another user.
  ...["sudo", "sudo-rs", "su", "su-rs", "doas", "runuser", "run0", "pkexec", "please", "dzdo", "pfexec", "ksu"],
  // Shells. Programs of the distribution may need sh, dash or bash.
  ...["zsh\\d*", "[lmo]?ksh\\d*", "t?csh", "fish", "yash", "posh", "elvish", "nu", "xonsh", "pwsh"],
  "python[\\d.]*",
  // To control services.
  ...["systemctl", "service", "rc-service"],
];

/** None of the names has a character that a shell interprets. */
const optionalProgram = new RegExp(`^(${optionalPrograms.join("|")})$`);

/** @throws when this machine lacks a program that is chosen */
export function checkPrograms(choice: ProgramChoice): void {
  if (choice !== "all") choice.forEach(namesOf);
}

/**
 * A script that hides the programs that are not chosen, for the first process of a guest, which has its root directory.
 *
 * A directory of links takes the place of each directory of programs. A file that is mounted over a program would not
 * do: bash finds it, although it cannot be executed.
 *
 * @param base a directory in the guest for mounts; the script makes it
 * @param emptied directories in the guest of which it hides everything
 * @returns an empty text when there is nothing to hide
 */
export function hidingScript(choice: ProgramChoice, base: string, emptied: readonly string[]): string {
  if (choice === "all") return "";
  const kept = new Set(["sh", ...choice].flatMap(namesOf));
  const programs = machinePrograms();
  const directories = [...programs.keys()];
  // All of /usr, since some programs find their files by their own path.
  const trees = [...new Set(directories.map((directory) => directory.replace(/^(\/\w+)\/.*/, "$1")))];
  const links = [...programs].flatMap(([directory, names]) =>
    names.filter((name) => !kept.has(name)).map((name) => `${base}/shown${directory}/${name}`),
  );
  return [
    `mkdir -p ${base}`,
    `mount -t tmpfs -o mode=755 tmpfs ${base}`,
    `mkdir -p ${base}/none`,
    ...trees.map((tree) => `mkdir -p ${base}/all${tree}; mount --rbind ${tree} ${base}/all${tree}`),
    `mkdir -p ${directories.map((directory) => `${base}/shown${directory}`).join(" ")}`,
    ...directories.map((directory) => `ln -s ${base}/all${directory}/* ${base}/shown${directory}`),
    `rm -f ${links.join(" ")}`,
    ...directories.map((directory) => `mount --bind ${base}/shown${directory} ${directory}`),
    ...emptied.filter(hasEntries).map((directory) => `mount --bind ${base}/none ${directory}`),
    `mount -t tmpfs -o remount,ro tmpfs ${base}`,
    "",
  ].join("\n");
}

/** The names of the optional programs, by directory. They are read once a process. */
function machinePrograms(): ReadonlyMap<string, readonly string[]> {
  found ??= new Map(
    programDirectories
      .filter(isDirectory)
      .map((directory) => [directory, readdirSync(directory).filter((name) => optionalProgram.test(name))]),
  );
  return found;
}

let found: ReadonlyMap<string, readonly string[]> | undefined;

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function hasEntries(directory: string): boolean {
  return isDirectory(directory) && readdirSync(directory).length > 0;
}

/** A program's name, and that of the file to which it is a link. @throws when this machine lacks the program */
function namesOf(program: string): string[] {
  for (const directory of programDirectories) {
    try {
      return [program, basename(realpathSync(join(directory, program)))];
    } catch {
      // It may be in another one.
    }
  }
  throw new Error(
    `programs: this machine has no "${program}" in ${programDirectories.join(", ")}. Install it, or leave it out.`,
  );
}
