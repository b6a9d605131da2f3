import { redactionOf, redactionOfInput, textsIn } from "../../provider/resources/contract/redaction";

describe("In any message", () => {
  test.each<[string, string, string, string]>([
    ["a word", "alice", "No alice, nor (Alice).", "No [secret], nor ([secret])."],
    ["but not in the middle of a word", "alice", "malice, alice2", "malice, alice2"],
    ["in a path and between punctuation", "alice", "GET /key/alice: alice@host", "GET /key/[secret]: [secret]@host"],
    ["three characters, only in quotes", "ssh", 'ssh found no "ssh"', 'ssh found no "[secret]"'],
    ["one with characters of regular expressions", "a.b*(c)", "is a.b*(c) or aXb", "is [secret] or aXb"],
    ["quotes, escaped or not", 'say "hi"', 'say "hi" "say \\"hi\\""', '[secret] "[secret]"'],
    ["backslashes, escaped or not", "CORP\\bob", 'CORP\\bob "CORP\\\\bob"', '[secret] "[secret]"'],
    ["line breaks, as they are", "one\ntwo", "is one\ntwo.", "is [secret]."],
    ["line breaks, escaped or replaced by spaces", "one\r\ntwo", 'one two "one\\r\\ntwo"', '[secret] "[secret]"'],
    ["joiners and soft hyphens, as spaces", "one\u200dtwo\u00adthree", "is one two three.", "is [secret]."],
    ["invisible characters at its ends, or none", "\u200bone two\u200b", "is one two.", "is [secret]."],
    ["the host of an address", "https://api.example/v2", "no answer from api.example", "no answer from [secret]"],
    ["a cut value", `${"x ".repeat(50)}`, `"${"x ".repeat(35)}..." is long...`, '"[secret]" is long...'],
  ])("a value is hidden: %s", (_what, value, message, shown) => {
    expect(redactionOf([value])(message)).toBe(shown);
  });

  test("the longer of two values that begin alike is hidden as one", () => {
    expect(redactionOf(["blue", "blue moon"])("blue moon, blue")).toBe("[secret], [secret]");
  });

  test("a value that equals a word of the mask is hidden once", () => {
    expect(redactionOf(["alice", "secret"])("alice")).toBe("[secret]");
  });

  test("nothing is hidden without a value, or for a blank value", () => {
    expect(redactionOf([" ", ""])("is not set")).toBe("is not set");
  });

  test("many backslashes are searched as fast as one", () => {
    const hide = redactionOf([`${"\\".repeat(12)}A`]);
    expect(hide(`It is ${"\\".repeat(40)}B, not ${"\\".repeat(12)}A.`)).toBe(
      `It is ${"\\".repeat(40)}B, not [secret].`,
    );
  });

  test("many values, and very long ones, are found", () => {
    const script = (of: number) => Array.from({ length: 1500 }, (_, line) => `echo '${of} Zürich ${line}'`).join("\n");
    const values = Array.from({ length: 20 }, (_, of) => script(of));
    expect(redactionOf(values)(`It said: ${values[19]}`)).toBe("It said: [secret]");
  });
});

describe("In a message about the input itself", () => {
  test.each<[string, string, string, string]>([
    ["a short number", "1", "It has 1 GiB, and needs 10.", "It has [secret] GiB, and needs 10."],
    ["a part that is quoted", 'from="a b"', 'Option "A B": write from.', 'Option "[secret]": write from.'],
    ["a quoted beginning", "abcdef", '"abc..." is none; there is "xyz".', '"[secret]" is none; there is "xyz".'],
  ])("a value is hidden: %s", (_what, value, message, shown) => {
    expect(redactionOfInput([value])(message)).toBe(shown);
  });
});

test("The texts in a value include those at any depth, and its numbers", () => {
  expect(textsIn({ a: ["b", 2, null, true, { c: "d" }], e: undefined })).toEqual(["b", "2", "d"]);
});
