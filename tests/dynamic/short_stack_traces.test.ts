import * as pulumi from "@pulumi/pulumi";
import { SshKeyPair } from "../../provider";

const { stackTraceLimit } = Error;
const made: pulumi.Resource[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: ({ inputs }) => inputs,
  }),
);

afterEach(() => {
  delete process.env["PULUMI_DEBUG_PROMISE_LEAKS"];
});

/** Pulumi registers them later. */
afterAll(() => Promise.all(made.map(({ urn }) => new Promise((resolve) => urn.apply(resolve)))));

describe("While Pulumi makes a resource, its promises keep short stack traces", () => {
  test("of one line", () => expect(linesOfPromise("short")).toBe(1));

  test("but whole ones if the user looks for leaked promises", () => {
    process.env["PULUMI_DEBUG_PROMISE_LEAKS"] = "true";
    expect(linesOfPromise("whole")).toBeGreaterThan(3);
  });

  test("and the program's own errors are as long as before", () => {
    made.push(new SshKeyPair("before"));
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });

  test("and an error in it says where it was thrown and which line of the program made the resource", () => {
    const error = errorOf(() => new SshKeyPair("refused", {}, { transformations: [refuse] }));
    expect(error.stack).toMatch(/^Error: not here\n\s+at refuse .*short_stack_traces\.test\.ts/);
    expect(error.stack).toContain("at programOfUser");
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});

/** How many lines the stack trace has that Pulumi takes while it makes the resource. */
function linesOfPromise(name: string): number {
  let lines = 0;
  const look: pulumi.ResourceTransformation = () => {
    lines = new Error().stack?.match(/^\s+at /gm)?.length ?? 0;
    return undefined;
  };
  made.push(new SshKeyPair(name, {}, { transformations: [look] }));
  return lines;
}

function refuse(): never {
  throw new Error("not here");
}

function errorOf(programOfUser: () => unknown): Error {
  try {
    programOfUser();
  } catch (error) {
    return error as Error;
  }
  throw new Error("It did not throw.");
}
