import { type Emulator, type EmulatorOptions, startEmulator } from "../emulated";
import { end } from "./end";
import { TestStack } from "./stack";

/** The emulator's options, and what a test file wants besides. */
export interface StackOptions extends EmulatorOptions {
  /** Whether each test has an emulator and a stack of its own. Default false: the tests of the file share them. */
  readonly perTest?: boolean;
  /** Variables that point Pulumi at the API. Default those of the emulator. */
  readonly environment?: object;
  /** What is done in the emulator before the stack is made. */
  readonly prepare?: (emulator: Emulator) => unknown;
}

/**
 * An emulator, by default with one zone and quick operations, and a stack on it. In the end no secret may be found
 * anywhere, and both are removed.
 */
export function useStack({ perTest = false, environment, prepare, ...options }: StackOptions = {}) {
  let emulator: Emulator | undefined;
  let stack: TestStack | undefined;
  const [before, after] = perTest ? [beforeEach, afterEach] : [beforeAll, afterAll];

  before(async () => {
    [emulator, stack] = [undefined, undefined];
    emulator = await startEmulator({ operationMs: 20, zones: ["ch-gva-2"], ...options });
    await prepare?.(emulator);
    stack = await TestStack.create(emulator, environment);
  });
  after(async () => await end(stack, emulator));

  return { emulator: madeLater(() => emulator), stack: madeLater(() => stack) };
}

/** Stands for what a hook makes: whoever uses it in a test uses what is there by then. */
function madeLater<T extends object>(made: () => T | undefined): T {
  const current = () => {
    const object = made();
    if (object === undefined) throw new Error("It is used before the hook that makes it, or that hook has failed.");
    return object;
  };
  // Every access below goes to the object that was made, which has this type.
  return new Proxy({} as T, {
    get: (_target, name) => {
      const value = Reflect.get(current(), name);
      return typeof value === "function" ? value.bind(current()) : value;
    },
    set: (_target, name, value) => Reflect.set(current(), name, value),
  });
}
