import { grantIn } from "../../emulator/guests/authorized_keys";
import { parsePublicKey } from "../../provider/keys/public_key";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const attempt = { key: parsePublicKey(KEY), address: "127.0.0.1", at: Date.parse("2026-06-01T00:00:00Z") };

test.each([
  KEY,
  `${KEY} a comment`,
  `  \t${KEY}\r`,
  `restrict,pty ${KEY}`,
  `no-pty,NO-X11-forwarding ${KEY}`,
  `environment="A=b c" ${KEY}`,
  `from="127.0.0.*" ${KEY}`,
  `from="10.0.0.0/8,127.0.0.0/8" ${KEY}`,
  `expiry-time="20270101" ${KEY}`,
])("a line lets its key in: %s", (line) => {
  expect(grantIn(`# first\n\n${line}\n`, attempt)).toEqual({ forcedCommand: undefined });
});

test.each([
  `#${KEY}`,
  `cert-authority ${KEY}`,
  `unheard-of ${KEY}`,
  `restrict, ${KEY}`,
  `command="unterminated ${KEY}`,
  `"${KEY}"`,
  `from="10.0.0.0/8" ${KEY}`,
  `from="!127.0.0.1,*" ${KEY}`,
  `expiry-time="20260101" ${KEY}`,
  KEY.slice(0, -4),
  `other ${KEY}`,
])("a line lets nobody in: %s", (line) => {
  expect(grantIn(line, attempt)).toBeUndefined();
});

test("a forced command may hold quotes and blanks", () => {
  expect(grantIn(`command="echo \\"a b\\"",no-pty ${KEY}`, attempt)).toEqual({ forcedCommand: 'echo "a b"' });
});

test("the first line that allows a key decides", () => {
  const text = `from="10.0.0.1" ${KEY}\ncommand="date" ${KEY}\n${KEY}\n`;
  expect(grantIn(text, attempt)?.forcedCommand).toBe("date");
});
