#!/usr/bin/env node
/** The command `pulumi-exoscale-ssh`: runs an emulator until it is interrupted. */
import { parseArgs } from "node:util";
import { checkByHand, HandCommandError, handCommandsHelp } from "./by_hand";
import { type EmulatorOptions, type Settings, startEmulator } from "./index";
import { sendByHand } from "./send_by_hand";
import { readSetting, SettingError, settingsHelp } from "./settings_text";

const HELP = `Usage: pulumi-exoscale-ssh emulator [options]
       pulumi-exoscale-ssh emulator COMMAND

Runs an Exoscale on loopback, prints the variables that point a program at it, and logs each request.
SSH is closed until a security group rule opens TCP 22, as on the real one. Ctrl-C ends it and removes everything
except what --state keeps.

Options:
  --port N          TCP port of the API in the first zone (default: a free one)
  --ssh-port N      TCP port of every guest's SSH server (default: a free one)
  --operation-ms N  milliseconds that an operation stays pending (default: 200)
  --guests KIND     the SSH server of instances: ssh2, in this process (default); sshd, the real OpenSSH server,
                    which needs Linux, root and the package openssh-server; or none
  --zones A,B       zones to serve; the endpoint is that of the first one (default: all eight)
  --state DIR       directory that keeps keys, machines, ports and credentials for the next start (default: none)
  --set NAME=VALUE  change a behaviour that nobody knows of the real API; may be given several times
  --help            print this text

Commands, for another shell with those variables. They change the running emulator as somebody would by hand:
${handCommandsHelp()}
Settings (their meaning: the type Settings of "pulumi-exoscale-ssh/emulator"):
${settingsHelp()}`;

const guestKinds = ["ssh2", "sshd", "none"] as const;

const cliOptions = {
  port: { type: "string" },
  "ssh-port": { type: "string" },
  "operation-ms": { type: "string" },
  guests: { type: "string" },
  zones: { type: "string" },
  state: { type: "string" },
  set: { type: "string", multiple: true },
  help: { type: "boolean", short: "h" },
} as const;

/** An invalid command line. Its message is all that the user needs. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, ...more] = positionals;
  if (values.help) return void process.stdout.write(HELP);
  if (command === undefined) throw new UsageError("say what to run: pulumi-exoscale-ssh emulator");
  if (command !== "emulator") throw new UsageError(`unknown command "${positionals.join(" ")}"`);
  if (more.length > 0) return changeByHand(more);
  const log = (line: string) => console.error(line);
  await run({
    log,
    ...readNumber("port", values.port, 65_535),
    ...readNumber("sshPort", values["ssh-port"], 65_535),
    ...readNumber("operationMs", values["operation-ms"], 3_600_000),
    ...readGuestKind(values.guests),
    ...(values.zones !== undefined && { zones: values.zones.split(",").map((zone) => zone.trim()) }),
    ...(values.state !== undefined && { stateDir: values.state }),
    settings: readSettings(values.set ?? []),
  });
}

async function changeByHand(words: readonly string[]): Promise<void> {
  try {
    checkByHand(words);
  } catch (error) {
    throw error instanceof HandCommandError ? new UsageError(error.message) : error;
  }
  console.log(await sendByHand(words, process.env));
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: cliOptions, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readSettings(texts: readonly string[]): Partial<Settings> {
  try {
    return Object.assign({}, ...texts.map(readSetting));
  } catch (error) {
    throw error instanceof SettingError ? new UsageError(`--set ${error.message}`) : error;
  }
}

function readNumber<Name extends "port" | "sshPort" | "operationMs">(
  name: Name,
  text: string | undefined,
  most: number,
) {
  const options: { [key in Name]?: number } = {};
  if (text === undefined) return options;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > most) throw new UsageError(`"${text}" is not a number from 0 to ${most}`);
  options[name] = value;
  return options;
}

function readGuestKind(text: string | undefined): Pick<EmulatorOptions, "guests"> {
  const guests = guestKinds.find((kind) => kind === text);
  if (text !== undefined && guests === undefined) throw new UsageError(`--guests is one of ${guestKinds.join(", ")}`);
  return guests === undefined ? {} : { guests };
}

async function run(options: EmulatorOptions): Promise<void> {
  const emulator = await startEmulator(options);
  for (const [name, value] of Object.entries(emulator.environment)) console.log(`export ${name}=${value}`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await emulator.close();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`pulumi-exoscale-ssh: ${message}`);
  if (error instanceof UsageError) console.error("Try: pulumi-exoscale-ssh --help");
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
