import { checkLineOptions, sameOptions } from "../../../provider/ssh/authorized_keys/options";
import { badOptions, goodOptions } from "./option_lists";

describe("Options of a line", () => {
  test.each(goodOptions.map((options) => [options]))("are accepted: %j", (options) => {
    expect(checkLineOptions(options)).toBeUndefined();
  });

  test.each(badOptions)("are refused with what to write instead: %j", (option, says) => {
    expect(checkLineOptions(["restrict", option])).toContain(says);
  });

  test.each([
    [['command="a"', 'command="b"'], "it has option command= more than once"],
    [['from="192.0.2.1"', 'From="192.0.2.2"'], "it has option from= more than once"],
    [['principals="a"'], "its option principals= is for a line with cert-authority only"],
  ])("are refused together: %j", (options, says) => {
    expect(checkLineOptions(options)).toBe(`sshd would refuse the whole line: ${says}; change that.`);
  });

  test("are equal in upper and lower case, except for values and order", () => {
    expect(sameOptions(["PTY", 'From="a"'], ["pty", 'from="a"'])).toBe(true);
    expect(sameOptions(['from="A"'], ['from="a"'])).toBe(false);
    expect(sameOptions(["pty", "restrict"], ["restrict", "pty"])).toBe(false);
  });
});
