import { whyPatternsMatchNobody } from "./from_patterns";

/** An option with a value, as OpenSSH's auth-options.c reads it. */
export interface OptionValue {
  /** A good value, for messages. */
  readonly example: string;
  /** A second one of this name makes sshd refuse the line. */
  readonly once: boolean;
  /** Whether sshd takes a line with this value. */
  taken(value: string): boolean;
  /** Why a value makes no sense, as the end of a sentence; undefined for a good one. */
  problem(value: string): string | undefined;
}

const optionValues: Readonly<Record<string, OptionValue>> = {
  command: text("/usr/local/bin/backup", true, "give the command"),
  principals: text("alice,bob", true, "give the names that certificates have to contain, separated by commas"),
  from: {
    ...text("192.0.2.0/24,2001:db8::/32", true, "give addresses"),
    problem: whyPatternsMatchNobody,
  },
  environment: matching(/^[a-z0-9_]+=/i, "NAME=value", "write NAME=value, the name of letters, digits and _"),
  permitopen: matching(
    /^(?:\[[^\]]*\]|[^:/\]]*)[:/](?!0+$)(?:\*|[\w-]+)$/,
    "localhost:80",
    "write host:port; an IPv6 address goes in brackets, and * stands for any port",
  ),
  permitlisten: matching(
    /^(?:(?:\[[^\]]*\]|[^:/\]]*)[:/])?(?!0+$)(?:\*|[\w-]+)$/,
    "localhost:8080",
    "write port or host:port; an IPv6 address goes in brackets, and * stands for any port",
  ),
  tunnel: matching(/^(?:any|\d{1,10})$/i, "0", "write the number of a tun device"),
  "expiry-time": {
    example: "20301231",
    once: false,
    taken: (value) => expiryTime.test(value),
    problem: (value) =>
      isDay(value) ? undefined : "write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with a Z at the end for UTC",
  },
};

/** What is known of an option with a value, by its name in lower case. */
export function optionValue(name: string): OptionValue | undefined {
  // Somebody else's file may call an option `constructor`.
  return Object.hasOwn(optionValues, name) ? optionValues[name] : undefined;
}

const expiryTime =
  /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d|6[01])?)?(?:Z|UTC)?$/i;

/** Whether the calendar has such a day; sshd takes 31 February for one in March. */
function isDay(value: string): boolean {
  const [, year, month, day] = expiryTime.exec(value) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
}

/** sshd takes any text, even an empty one. */
function text(example: string, once: boolean, advice: string): OptionValue {
  return {
    example,
    once,
    taken: () => true,
    problem: (value) => (value.trim() === "" ? `it is empty; ${advice}` : undefined),
  };
}

function matching(pattern: RegExp, example: string, advice: string): OptionValue {
  const taken = (value: string) => pattern.test(value);
  return { example, once: false, taken, problem: (value) => (taken(value) ? undefined : advice) };
}
