/** Servers that misbehave after the login. Each command ends with a result or an error of its own. */
import { connect } from "../../../provider/ssh/connection/connect";
import { failure } from "../change_keys/host";
import { type Behaviour, messages as m, type Say, startHostile } from "../hostile_server";
import { makeKey } from "../test_keys";

const key = makeKey();
const HOSTILE = "\x1b]0;evil\x07\r\nerror: \x9b2J\u202e";

const accept = (say: Say, channel: number) => say(m.success, channel);
const exitWith = (say: Say, channel: number, status: number) => say(m.request, channel, "exit-status", false, status);

/** A server that answers a command with these messages. */
const answering = (...answers: ((say: Say, channel: number) => void)[]): Behaviour => ({
  onExec: (say, channel) => {
    for (const answer of [accept, ...answers]) answer(say, channel);
  },
});
const out: (text: string) => (say: Say, channel: number) => void = (text) => (say, channel) =>
  say(m.data, channel, text);
const err: typeof out = (text) => (say, channel) => say(m.extendedData, channel, 1, text);
const exit = (status: number) => (say: Say, channel: number) => exitWith(say, channel, status);
const eof = (say: Say, channel: number) => say(m.eof, channel);
const end = (say: Say, channel: number) => say(m.close, channel);

/** Runs a command with input. */
async function run(behaviour: Behaviour, options: { timeoutMs?: number; maxOutputBytes?: number } = {}) {
  const { target, close } = await startHostile(behaviour);
  const session = await connect(target, [key], { acceptNew: true, timeoutMs: 60_000 });
  try {
    return await session.exec("true", "input", { timeoutMs: 600_000, ...options });
  } finally {
    session.close();
    await close();
  }
}

test.each<[string, Behaviour]>([
  ["confirms the command several times", answering(accept, accept, out("out"), exit(3), eof, end)],
  ["reports its end twice, the second time as a success", answering(out("out"), exit(3), exit(0), eof, end)],
  [
    "speaks of channels that do not exist",
    answering(
      (say) => [m.data, m.extendedData].map((message) => say(message, 77, 1, "x")),
      (say) => [m.success, m.failure, m.close, m.eof].map((message) => say(message, 78)),
      (say) => say(m.request, 79, "exit-status", true, 0),
      out("out"),
      exit(3),
      eof,
      end,
    ),
  ],
  [
    "opens the session twice",
    {
      ...answering(out("out"), exit(3), eof, end),
      onOpen: (say, channel) => {
        for (const ours of [0, 1]) say(m.openConfirmation, channel, ours, 2 ** 21, 32_768);
      },
    },
  ],
  ["goes on after its end", answering(out("out"), exit(3), eof, end, out("late"), err("late"), end)],
])("a server that %s changes nothing in the result", async (_what, behaviour) => {
  expect(await run(behaviour)).toMatchObject({ code: 3, stdout: "out", stderr: "" });
});

test.each([
  ["output", out],
  ["error output", err],
])("%s after the announced end of output ends no process", async (_what, late) => {
  expect(await run(answering(eof, late("late"), exit(3), end))).toMatchObject({ code: 3 });
});

test("a signal is a status of 255, and the server's words about it are not kept", async () => {
  const behaviour = answering(
    (say, channel) => say(m.request, channel, "exit-signal", false, "KILL", false, HOSTILE, ""),
    end,
  );
  expect(await run(behaviour)).toMatchObject({ code: 255, stdout: "", stderr: "" });
});

test.each<[string, string, Behaviour]>([
  ["ends the session without a status", "SshConnectionLostError", answering(out("out"), eof, end)],
  [
    "disconnects in the middle of a command",
    "SshConnectionLostError",
    answering(out("out"), (say) => say(m.disconnect, 2, HOSTILE, "")),
  ],
  ["sends what is no message", "SshConnectionLostError", answering((say) => say(m.data), out("out"))],
  ["refuses the command", "SshCommandError", { onExec: (say, channel) => say(m.failure, channel) }],
  ["refuses the session", "SshCommandError", { onOpen: (say, channel) => say(m.openFailure, channel, 1, HOSTILE, "") }],
  [
    "opens a session that takes no data",
    "SshCommandError",
    { ...answering(), onOpen: (say, channel) => say(m.openConfirmation, channel, 0, 2 ** 21, 0) },
  ],
])("a server that %s is an error, in words that are safe to show", async (_what, name, behaviour) => {
  const message = await failure(run(behaviour));
  expect(message).toMatch(new RegExp(`^${name}: [\\x20-\\x7e]*127\\.0\\.0\\.1:\\d+[\\x20-\\x7e]*$`));
});

test("a server that does not answer is left when the time is over", async () => {
  const silent: Behaviour[] = [
    { onOpen: () => undefined },
    { onExec: () => undefined },
    answering(),
    answering(exit(0)),
    { ...answering(), onOpen: (say, channel) => say(m.openConfirmation, channel, 0, 0, 32_768) },
  ];
  const errors = await Promise.all(silent.map((behaviour) => failure(run(behaviour, { timeoutMs: 2_000 }))));
  for (const error of errors) expect(error).toMatch(/^SshTimeoutError: A command on 127\S+ did not end in time/);
});

test.each([
  ["output", out],
  ["error output", err],
])("%s without end is abandoned", async (_what, write) => {
  const flood = answering(...Array.from({ length: 100 }, () => write("x".repeat(30_000))));
  expect(await failure(run(flood, { maxOutputBytes: 1024 * 1024 }))).toMatch(
    /^SshCommandError: A command on 127\S+ wrote more than 1048576 bytes, so it was abandoned\.$/,
  );
});

test("output that comes byte by byte is put together", async () => {
  const text = "0123456789".repeat(1000);
  expect(await run(answering(...[...text].map(out), exit(0), eof, end))).toMatchObject({ code: 0, stdout: text });
});
