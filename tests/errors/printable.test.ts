import fc from "fast-check";
import { LastKeyError, SshUnreachableError } from "../../provider/errors";
import { printable } from "../../provider/errors/printable";
import { redactionOf } from "../../provider/resources/contract/redaction";

/** What a terminal obeys, or what hides or reorders what stands around it. */
const OBEYED = /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\x1b", "\r", "\x9b", "\u202e"),
  ),
});

describe("An error", () => {
  test("has no character that a terminal obeys, whatever its message repeats", () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        const error = new SshUnreachableError(text, "refused", more).addSentence(more);
        return !OBEYED.test(error.message) && !OBEYED.test(error.withoutCode);
      }),
    );
  });

  test("keeps the letters of all languages, and the lines of tables", () => {
    const text = "Zoë, 田中 and Ольга 👍:\n\tweb";
    expect(new LastKeyError(text).message).toBe(text);
  });

  test("shows where such a character was", () => {
    expect(new LastKeyError("\x1b[2Jweb\u202e\r\n\x85").message).toBe("�[2Jweb�\n�");
  });

  test("that repeats a secret with such characters is still redacted", () => {
    const secret = "first\x1b[0m line\r\nsecond\u200b line";
    const { message } = new LastKeyError(`Not valid: ${secret}.`);
    expect(redactionOf([secret])(message)).toBe("Not valid: [secret].");
  });
});

describe("A text of others in a message", () => {
  test("is one line without such characters, whatever it was", () => {
    fc.assert(fc.property(anyText, (text) => !/[\n\t]/.test(printable(text)) && !OBEYED.test(printable(text))));
  });

  test("cannot begin a line that looks like ours", () => {
    expect(printable("web\r\n\x1b[31merror: all keys are open\u2028")).toBe("web [31merror: all keys are open");
  });

  test("is cut if it is long, and never in the middle of a character", () => {
    expect(printable("x".repeat(1_000_000))).toBe(`${"x".repeat(300)}...`);
    expect(printable("x👍y", 2)).toBe("x...");
  });
});
