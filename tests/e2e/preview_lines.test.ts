/** What a preview and an update say beside their diff, in both fronts. */

import { end } from "./end";
import { declare, type Front } from "./fronts";
import { machine } from "./known_machine";
import { TestStack } from "./stack";
import { useStack } from "./use_stack";

jest.setTimeout(120_000);

const { emulator } = useStack({ guests: "none" });

const fronts: readonly Front[] = ["dynamic", "plugin"];

describe.each(fronts)("In the front %s", (front) => {
  let stack: TestStack;
  beforeEach(async () => {
    stack = await TestStack.create(emulator);
  });
  afterEach(async () => await end(stack));

  test("a preview warns of an instance that waits for sshd behind a closed port", async () => {
    await stack.preview(async () => void declare(front, "Instance", "web", { ...machine, waitForSsh: true }));
    expect(stack.output).toMatch(
      /warning: No security group of instance "web-\w+" \(default\) has a rule that lets in TCP \d+\. Add a rule/,
    );
  });
});
