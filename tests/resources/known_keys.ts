/** Public keys made with ssh-keygen, with the fingerprints that ssh-keygen prints for them. */
export const alice = {
  line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII3mIpjwh7wuJ9+V/9hhRYSHzRW5vCuJlfxXhrBpMaNL alice@example",
  md5: "c9:a8:12:76:34:be:df:b8:63:f2:93:31:e8:53:90:f6",
  sha256: "SHA256:MCH6OyFBTvDklf157MbDc9Y8tNJWy69W4CTa4HzauGk",
  /** Label that an instance gets with the key: the first eight bytes of the SHA256 in hexadecimal. */
  label: "exoscale-ssh.key.3021fa3b21414ef0",
};

export const bob = {
  line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG3g8V0hKTHvKUyd3gD6yRqJD5PVlqNpkiAdbFDoddMK bob@example",
  md5: "15:37:b7:54:11:99:7f:51:01:10:58:f4:58:f8:25:95",
  sha256: "SHA256:Qnno4sSTQtZGuRgpSAXygh5E6dP/odTRreO+3bOdHio",
};

/** RSA of 1024 bits, which nothing takes any more. */
export const rsa1024 =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDCtKCbtUeXJdEqu57vr76OMZJplrkEcJApwjfHjyt4AdiymlSIhPDbbcG33D8m8lFfDhubU2Gr7L1fWABkwLheoK1bqsXtDuVj+lpcaG6CnwtcYnE5iRderXsf0BoB1Z6dBXkJ3BfGDvyiGLrjONVpy+3DfT21tNBY6+begbKfSw== old";
