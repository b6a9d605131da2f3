/**
 * Changes of keys that are made on a simulated machine and on real ones. The tests of both say what comes of them, so the
 * model is right where the machines are.
 */
import { parsePublicKey } from "../../provider/keys/public_key";
import type { KeyChange } from "../../provider/ssh/change_keys/key_change";
import { makeKey } from "../ssh/test_keys";

const people = ["alice", "bob", "carol"] as const;
type Person = (typeof people)[number];

export const keys = Object.fromEntries(people.map((name) => [name, makeKey()])) as Record<
  Person,
  ReturnType<typeof makeKey>
>;

/** A change and what comes of it. `{alice}` in a text stands for the public key. */
export interface HostCase {
  readonly name: string;
  /** The text of debian's file. */
  readonly debian: string;
  /** The text of root's file. Default: empty. */
  readonly root?: string;
  /** Whose private keys log in. */
  readonly logIn: readonly Person[];
  readonly change: Partial<KeyChange>;
  /** Whether a host key is expected that the machine does not have. Default false. */
  readonly isOtherHost?: boolean;
  /** `done`, or the class of the error. */
  readonly ends: string;
  /** The texts afterwards. Default: as before. */
  readonly after?: { readonly debian?: string; readonly root?: string };
  /** Who gets in as debian afterwards. */
  readonly getsIn: readonly Person[];
}

/** A text with the public keys. */
export const withKeys = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: Person) => keys[name].publicKey);

const gone = (...names: Person[]) => names.map((name) => ({ publicKeyOpenssh: keys[name].publicKey }));
const added = (name: Person, options: readonly string[] = []) => [
  { key: parsePublicKey(keys[name].publicKey), options },
];
const cloudInit = 'command="echo Please login as the user debian;exit 142" ';

export const hostCases: readonly HostCase[] = [
  {
    name: "one of two keys is removed",
    debian: "{alice}\n{bob}\n",
    logIn: ["bob"],
    change: { remove: gone("alice") },
    ends: "done",
    after: { debian: "{bob}\n" },
    getsIn: ["bob"],
  },
  {
    name: "a key is removed from root too",
    debian: "{alice}\n{bob}\n",
    root: `${cloudInit}{alice}\n${cloudInit}{bob}\n`,
    logIn: ["bob"],
    change: { remove: gone("alice"), alsoFrom: ["root"] },
    ends: "done",
    after: { debian: "{bob}\n", root: `${cloudInit}{bob}\n` },
    getsIn: ["bob"],
  },
  {
    name: "a key that only root has is removed",
    debian: "{bob}\n",
    root: `${cloudInit}{alice}\n`,
    logIn: ["bob"],
    change: { remove: gone("alice"), alsoFrom: ["root"] },
    ends: "done",
    after: { root: "" },
    getsIn: ["bob"],
  },
  {
    name: "a key removes itself while another one can log in",
    debian: "{alice}\n{bob}\n",
    logIn: ["alice", "bob"],
    change: { remove: gone("alice") },
    ends: "done",
    after: { debian: "{bob}\n" },
    getsIn: ["bob"],
  },
  {
    name: "the last key is not removed",
    debian: "{alice}\n",
    logIn: ["alice"],
    change: { remove: gone("alice") },
    ends: "LastKeyError",
    getsIn: ["alice"],
  },
  {
    name: "the last key is not removed where the other one may only run a command",
    debian: '{alice}\ncommand="backup" {bob}\n',
    logIn: ["alice"],
    change: { remove: gone("alice") },
    ends: "LastKeyError",
    getsIn: ["alice", "bob"],
  },
  {
    name: "a key that no file has is proven closed",
    debian: "{bob}\n",
    logIn: ["bob"],
    change: { remove: gone("alice") },
    ends: "done",
    getsIn: ["bob"],
  },
  {
    name: "a key is added",
    debian: "{alice}\n",
    logIn: ["alice"],
    change: { add: added("bob") },
    ends: "done",
    after: { debian: "{alice}\n{bob}\n" },
    getsIn: ["alice", "bob"],
  },
  {
    name: "a key that is there is not added again",
    debian: "{alice}\n{bob}\n",
    logIn: ["alice"],
    change: { add: added("bob") },
    ends: "done",
    getsIn: ["alice", "bob"],
  },
  {
    name: "a key that is there with options is not added",
    debian: "{alice}\nrestrict {bob}\n",
    logIn: ["alice"],
    change: { add: added("bob") },
    ends: "KeyRestrictedError",
    getsIn: ["alice", "bob"],
  },
  {
    name: "the options of a key are replaced",
    debian: "{alice}\nrestrict {bob}\n",
    logIn: ["alice"],
    change: { add: added("bob", ["no-pty"]), whenPresent: "replace" },
    ends: "done",
    after: { debian: "{alice}\nno-pty {bob}\n" },
    getsIn: ["alice", "bob"],
  },
  {
    name: "one key takes the place of another",
    debian: "{alice}\n",
    logIn: ["alice", "bob"],
    change: { add: added("bob"), remove: gone("alice") },
    ends: "done",
    after: { debian: "{bob}\n" },
    getsIn: ["bob"],
  },
  {
    name: "a key takes no place where the other one is not there",
    debian: "{carol}\n",
    logIn: ["carol"],
    change: { add: added("bob"), remove: gone("alice"), onlyInPlaceOf: true },
    ends: "done",
    getsIn: ["carol"],
  },
  {
    name: "every line of a key is removed, and nothing else",
    debian: '# keys\r\n\r\n  {alice} a\r\n{bob}\r\nfrom="192.0.2.1" {alice}\n{carol} end',
    logIn: ["bob"],
    change: { remove: gone("alice") },
    ends: "done",
    after: { debian: "# keys\r\n\r\n{bob}\r\n{carol} end" },
    getsIn: ["bob", "carol"],
  },
  {
    name: "two keys are removed at once",
    debian: "{alice}\n{bob}\n{carol}\n",
    logIn: ["carol"],
    change: { remove: gone("alice", "bob") },
    ends: "done",
    after: { debian: "{carol}\n" },
    getsIn: ["carol"],
  },
  {
    name: "a key that the machine does not know changes nothing",
    debian: "{alice}\n",
    logIn: ["bob"],
    change: { remove: gone("alice") },
    ends: "SshLoginRefusedError",
    getsIn: ["alice"],
  },
  {
    name: "nothing is changed on a machine that shows another host key",
    debian: "{alice}\n{bob}\n",
    logIn: ["bob"],
    change: { remove: gone("alice") },
    isOtherHost: true,
    ends: "HostKeyChangedError",
    getsIn: ["alice", "bob"],
  },
  {
    name: "an account that does not exist is not changed",
    debian: "{alice}\n",
    logIn: ["alice"],
    change: { user: "nobody-here", add: added("bob") },
    ends: "KeyUnprovenError",
    getsIn: ["alice"],
  },
];

/** How a change ended. */
export async function endOf(change: Promise<unknown>): Promise<string> {
  return await change.then(
    () => "done",
    (error: Error) => error.constructor.name,
  );
}
