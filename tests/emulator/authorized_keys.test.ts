import { grantIn } from "../../emulator/guests/authorized_keys";
import { parsePublicKey } from "../../provider/keys/public_key";
import { accepts } from "./asking";
import { describeSshd } from "./guest_kinds";
import { closeAll, start } from "./world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
const attempt = { key: parsePublicKey(KEY), address: "127.0.0.1", at: Date.parse("2026-06-01T00:00:00Z") };

const GOOD_LINES = [
  KEY,
  `${KEY} a comment`,
  `  \t${KEY}\r`,
  `restrict,pty ${KEY}`,
  `restrict, ${KEY}`,
  `no-pty,NO-X11-forwarding ${KEY}`,
  `environment="A=b c" ${KEY}`,
  `from="127.0.0.*" ${KEY}`,
  `from="10.0.0.0/8,127.0.0.0/8" ${KEY}`,
  `expiry-time="20990101" ${KEY}`,
];

const BAD_LINES = [
  `#${KEY}`,
  `cert-authority ${KEY}`,
  `unheard-of ${KEY}`,
  `no-pty, no-X11-forwarding ${KEY}`,
  `command="unterminated ${KEY}`,
  `"${KEY}"`,
  `from="10.0.0.0/8" ${KEY}`,
  `from="!127.0.0.1,*" ${KEY}`,
  `expiry-time="20260101" ${KEY}`,
  KEY.slice(0, -4),
  `other ${KEY}`,
];

test.each(GOOD_LINES)("a line allows its key: %s", (line) => {
  expect(grantIn(`# first\n\n${line}\n`, attempt)).toEqual({ forcedCommand: undefined });
});

test.each(BAD_LINES)("a line allows no key: %s", (line) => {
  expect(grantIn(line, attempt)).toBeUndefined();
});

test("a forced command may contain quotes and blanks", () => {
  expect(grantIn(`command="echo \\"a b\\"",no-pty ${KEY}`, attempt)).toEqual({ forcedCommand: 'echo "a b"' });
});

test("the first line that allows a key decides", () => {
  const text = `from="10.0.0.1" ${KEY}\ncommand="date" ${KEY}\n${KEY}\n`;
  expect(grantIn(text, attempt)?.forcedCommand).toBe("date");
});

describeSshd("a real sshd decides as the default guests do", () => {
  let judge: (line: string) => Promise<boolean>;

  beforeAll(async () => {
    const { emulator, client } = await start({ guests: "sshd", hostKeys: ["ed25519"] });
    emulator.cloud.openSsh();
    const { id, ip } = await client.create();
    const guest = await emulator.cloud.guest(id);
    judge = async (line) => {
      await guest.writeAuthorizedKeys(`${line}\n`);
      return await accepts({ ip, port: emulator.environment.EXOSCALE_SSH_PORT }, KEY);
    };
  });

  afterAll(closeAll);

  test.each(GOOD_LINES)("a line allows its key: %s", async (line) => {
    expect(await judge(line)).toBe(true);
  });

  test.each(BAD_LINES)("a line allows no key: %s", async (line) => {
    expect(await judge(line)).toBe(false);
  });
});
