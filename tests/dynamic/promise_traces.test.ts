import * as pulumi from "@pulumi/pulumi";
import { SshKeyPair } from "../../provider";

const made: pulumi.Resource[] = [];
const { prepareStackTrace } = Error;

/** As Pulumi does in a program, for source maps. */
beforeEach(() => {
  Error.prepareStackTrace = (error, frames) => `${error}${frames.map((frame) => `\n    at ${frame}`).join("")}`;
});

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ inputs }) => inputs,
  }),
);

/** Pulumi registers them later. */
afterAll(() => Promise.all(made.map(({ urn }) => new Promise((resolve) => urn.apply(resolve)))));

afterEach(() => {
  Error.prepareStackTrace = prepareStackTrace;
  delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
});

describe("While Pulumi makes a resource, the traces of its promises", () => {
  test("are not written", () => expect(linesInside("short", new Error())).toBe(0));

  test("are written if the user looks for leaked promises", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "true";
    expect(linesInside("whole", new Error())).toBeGreaterThan(3);
  });
});

describe("Other traces are as before:", () => {
  test("of an error that is read later, as Pulumi does if the engine refuses a resource", () => {
    let error = new Error();
    const keep: pulumi.ResourceTransformation = () => {
      error = new Error();
      return undefined;
    };
    const programOfUser = () => new SshKeyPair("later", {}, { transformations: [keep] });
    made.push(programOfUser());
    expect(error.stack).toMatch(/at programOfUser .*promise_traces\.test\.ts/);
  });

  test("of an error in a transformation", () => {
    const refuse = () => {
      throw new Error("not here");
    };
    const make = () => new SshKeyPair("transformed", {}, { transformations: [refuse] });
    expect(stackOf(make)).toMatch(/^Error: not here\n\s+at refuse .*promise_traces\.test\.ts/);
  });

  test("of errors with a message", () => expect(linesInside("told", new Error("told"))).toBeGreaterThan(3));

  test("and of all errors after that", () => {
    const before = Error.prepareStackTrace;
    made.push(new SshKeyPair("before"));
    expect(Error.prepareStackTrace).toBe(before);
  });
});

/** How many lines a trace has that is read inside the constructor. */
function linesInside(name: string, error: Error): number {
  let lines = 0;
  const look: pulumi.ResourceTransformation = () => {
    Error.captureStackTrace(error);
    lines = error.stack?.match(/^\s+at /gm)?.length ?? 0;
    return undefined;
  };
  made.push(new SshKeyPair(name, {}, { transformations: [look] }));
  return lines;
}

function stackOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return (error as Error).stack ?? "";
  }
  throw new Error("It did not throw.");
}
