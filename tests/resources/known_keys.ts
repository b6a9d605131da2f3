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

/** RSA of 1024 bits, which nothing accepts any more. */
export const rsa1024 =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDCtKCbtUeXJdEqu57vr76OMZJplrkEcJApwjfHjyt4AdiymlSIhPDbbcG33D8m8lFfDhubU2Gr7L1fWABkwLheoK1bqsXtDuVj+lpcaG6CnwtcYnE5iRderXsf0BoB1Z6dBXkJ3BfGDvyiGLrjONVpy+3DfT21tNBY6+begbKfSw== old";

/** Keys of kinds or sizes that the real API may or may not register. Keys and fingerprints are from ssh-keygen. */
export const uncertainKeys = {
  ecdsa: {
    line: "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBQyPVr5JuBgRo/MJhPi9x5gh1Q0pRrR/TSNV0Vi1lixizuy/5KOmEDLTKCTTu6GVGVyzLoqJXaxG8qzjXybFb0= ec",
    md5: "e0:3b:be:e3:b7:82:2b:36:14:61:01:01:ac:2a:b5:db",
  },
  /** A FIDO security key: its numbers are invented, its fingerprint is from ssh-keygen. */
  securityKey: {
    line: "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAABHNzaDo= sk",
    md5: "cf:44:e4:6b:27:42:ed:24:a2:8a:c7:78:81:89:dc:78",
    sha256: "SHA256:/p0CbeE3dk2SyW1OXXsThGc12ezDVD8eGw2/vtztDfk",
  },
  ecdsaSecurityKey: {
    line: "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBLeKdHMPa8tgvTwP8RmXQpZ2bzAozKtynwRH39a8QEDs6F71BIQWUGGex4SlOLHLNtrAQtkKOJzw446tO02nEMAAAAAEc3NoOg== sk",
    md5: "76:d9:29:42:50:8e:50:04:d9:fe:88:5e:ec:ed:ec:42",
    sha256: "SHA256:mIPaP7Kt8Jylsysbab+Emcu/pH3VuVmj+M7HG2j8E00",
  },
  rsa1024: { line: rsa1024, md5: "d9:0e:97:45:29:f9:8f:ff:4b:dc:d7:9a:7b:0f:25:e5" },
  rsa2048: {
    line: "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCrFZrJEB95CqbejpzyGJ5MDrpTPYTW55xcjRhGWFWgnArAMfRBLQoDP+aHGSkx/GNwYheaYsgZv9w8HRBx3FZAqnvzd4hY2odY+OSVE5EpIyZTNmLdNl2Oj18MNez6opGP//L3EikRitxppYdN17Wruz2inoBfj+SRBeoaDEVwwI7ucOksfKXyenwzhMMywGC9Hn4o5yyIKMh1yh7zAbYiXwQXw0DR++DLpSByLr3mlzRp7HUKNUJAOgoGuX7u04ucffB7s0JnFuII/JeKNe8Qabi10G8wrKnzCByOnifK5tLiLqxH3JIR8RJEYX/Yhe6RMyYbf7MoIid7cX2jzICj two",
    md5: "be:eb:ab:a5:cf:3b:cd:68:c6:2b:de:7c:ca:ce:f4:e9",
  },
};
