import { parseHostKeyPin } from "../../../provider/ssh/connection/host_key";

// Made with ssh-keygen; the fingerprint is the one that it shows.
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3mIpjwh7wuJ9+V/9hhRYSHzRW5vCuJlfxXhrBpMaNL";
const [TYPE, BASE64] = KEY.split(" ");
const FINGERPRINT = "SHA256:MCH6OyFBTvDklf157MbDc9Y8tNJWy69W4CTa4HzauGk";

test.each([
  ["its type and base64", KEY],
  ["with a comment", `${KEY} root@web`],
  ["base64 alone", BASE64],
  ["a line of ssh-keyscan", `192.0.2.1 ${KEY}`],
  ["a line of known_hosts with several names", `web,192.0.2.1,[web]:2222 ${KEY}`],
  ["a line of known_hosts with a hashed name", `|1|W2sxXJwcWfmk2cKWyG5Iug4A8Ew=|jbQKTsk5bnkXgkDMlYPUSmPqzRQ= ${KEY}`],
  ["all of what ssh-keyscan says", `# 192.0.2.1:22 SSH-2.0-OpenSSH_9.2\r\n192.0.2.1 ${KEY}\r\n`],
  ["its fingerprint", ` ${FINGERPRINT}\n`],
])("a host key may be given as %s", (_form, text = "") => {
  expect(parseHostKeyPin(text).fingerprintSha256).toBe(FINGERPRINT);
});

test.each([
  ["is revoked", `@revoked * ${KEY}`, /is marked @revoked: it must not be trusted/],
  ["is revoked, in front of one that is not", `@revoked * ${KEY}\n192.0.2.1 ${KEY}`, /is marked @revoked/],
  ["is revoked, after one that is not", `192.0.2.1 ${KEY}\n\t@revoked * ${KEY}`, /is marked @revoked/],
  ["is an authority's", `@cert-authority *.example.com ${KEY}`, /is marked @cert-authority: it signs host keys/],
  ["has another marker", `@other 192.0.2.1 ${KEY}`, /This is not a host key/],
  ["is commented out", `# 192.0.2.1 ${KEY}`, /is commented out/],
  ["is commented out without a blank", `#${KEY}`, /is commented out/],
  ["is a certificate", `192.0.2.1 ssh-ed25519-cert-v01@openssh.com ${certificate()}`, /is a certificate/],
  ["is a certificate without its type", certificate(), /is a certificate/],
  ["has another type in front of it", `ssh-rsa ${BASE64}`, /This is not a host key/],
  ["is in the middle of a sentence", `the key is ${KEY}`, /This is not a host key/],
  ["is cut off", `${TYPE} ${BASE64?.slice(0, -8)}`, /This is not a host key/],
  ["has bytes after its end", `${TYPE} ${BASE64}AAAA`, /This is not a host key/],
  ["is missing", "", /This is not a host key/],
])("a host key that %s is refused", (_what, text, message) => {
  expect(() => parseHostKeyPin(text)).toThrow(expect.objectContaining({ code: "SSH_HOST_KEY_INVALID" }));
  expect(() => parseHostKeyPin(text)).toThrow(message);
});

/** The base64 of a blob with the type of a certificate and one field. */
function certificate(): string {
  const type = "ssh-ed25519-cert-v01@openssh.com";
  const blob = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type), Buffer.from([0, 0, 0, 1, 7])]);
  return blob.toString("base64");
}
