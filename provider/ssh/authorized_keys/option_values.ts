import { whyPatternsMatchNobody } from "./from_patterns";

/** An option with a value, as OpenSSH's auth-options.c reads it. */
export interface OptionValue {
  /** A good value, for messages. */
  readonly example: string;
  /** A second option of this name makes sshd refuse the line. */
  readonly once: boolean;
  /** Whether sshd accepts a line with this value. */
  isAccepted(value: string): boolean;
  /** Why a value is useless, as the end of a sentence; undefined for a good value. */
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
    isAccepted: (value) => EXPIRY_TIME.test(value),
    problem: (value) =>
      isDay(value) ? undefined : "write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with a Z at the end for UTC",
  },
};

/** The rules for an option with a value, by its name in lower case. */
export function optionValue(name: string): OptionValue | undefined {
  // A file on a host may have an option `constructor`.
  return Object.hasOwn(optionValues, name) ? optionValues[name] : undefined;
}

const EXPIRY_TIME =
  /^(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d|6[01])?)?(?:Z|UTC)?$/i;

/** Whether the calendar has this day; sshd reads 31 February as a day in March. */
function isDay(value: string): boolean {
  const [, year, month, day] = EXPIRY_TIME.exec(value) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
}

/** An option for which sshd accepts any text, even an empty one. */
function text(example: string, once: boolean, advice: string): OptionValue {
  return {
    example,
    once,
    isAccepted: () => true,
    problem: (value) => (value.trim() === "" ? `it is empty; ${advice}` : undefined),
  };
}

function matching(pattern: RegExp, example: string, advice: string): OptionValue {
  const isAccepted = (value: string) => pattern.test(value);
  return { example, once: false, isAccepted, problem: (value) => (isAccepted(value) ? undefined : advice) };
}
