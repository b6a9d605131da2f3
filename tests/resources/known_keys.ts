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

/** A private key of `openssl genrsa -primes 3`, which opens nothing. */
export const threePrimes = `-----BEGIN PRIVATE KEY-----
MIIE9AIBADANBgkqhkiG9w0BAQEFAASCBN4wggTaAgEBAoIBAQC9wt/E4klFXWuR
Av9toR1L2rDG03ggEFM3N4UdRGQ6gOhY/n/ckOEN1E1NXlrnWTE7UJh5FoEtX/6x
9vmPuCpWXl90zmHdi4ONwAlPrf7VhJXD7lDCLj2t4T8JsPh/nNoJfLGMbTTSVR/D
Mj969qjnLjKyRNyAm0n4JU/m5Xsd79yGmTfPl54JMQHP+qU6IoG5sDS+XFxEg/BX
0YMD+auKQya2Iy++rx2FPemoONsi8GO99L6MvoK/TTpHzMkVFK/zo7MDDZnNmFI3
NivUAvlavRNsXtAHcsbCG/tx8XhzdmwJqeSti5eeTn6+jcA6N+jxbkDHu+MZe1gx
aRQZa725AgMBAAECggEBAJFBOHTHGnskVZB9EPTkHT7ROfwYJ52zoV9k+lo63dYC
kth8h3dY10z0s++DSGZK2eqjePNHjL4k+xtTCBlBSfcu6jbJPBSQFLVOyFHbyHO8
t79xDxQlvrdzXEI11bIyzTP/5TB1i4rfPyaty9zSIZOHM5MjJaGtGdYWtwwyZ9Kl
Hvsssu0y5Buibx35QUV7b1ZcO+aAM9olj6VEoTE8NSOR1u4ltlhNRJ7tRT3+ICMZ
/insMPdjaz/7v420F8MBGTXK3xdpVHAmpHbkvbuWHMCh+yGkJuu3eFkWA0AS2PuE
MMhC/7njvKjHZJyzgdt2a8QhHowrnCBoxMdisUixveECVgfAs5iCbMeHJcLVENef
hD+bsfaSoBZArxzP+/zmSwYNtU8W2/+RJZuekwZwIx+gqCKatgq26VAWbB0grOzX
tKfJmcNSsPTcvOnDYg8C36CDRGH0F2gtAlYGN2mFvsMMDZgcqudHN34DbTwbOqAT
qsXFp60RJymYFWrnKSucch1gqk9nAl1hnfOhU1CYtw8kMxrcJlCX9XJeSTFIzOHm
PGg1wVYgTsVzTUsl3U30dwJWBDec+n8oMTmhHuTMLp8FT5ygKCMGllRFbYTt7FpR
wU8/q3Ah6FnKfWa7T6s8T/4SuBA0qotpSzmHQij+KDAGg6c0z31x6SESWo8ADm5f
u27sieQ/v1kCVgW2QLVttNaMXypoNp6PdLA9XK9ATPoFPjgBe9p4+5UMiO/iOnpD
uI6rrs3dtGQPuF6RqUrJWZZPhuymIAOgufe8lRZpe2AMPUy3WyXQe0kYymX+VLS9
AlYFhbU85vF+tyNqDIiYCaCbFcvdbW8BHrWEo9gBIvnuKwcssLpB1UuD5RVhxY4K
wmB/pk99ChH1hueO5u07ZfMwhU4kfJSQWxOHEURTFTJ6IVtMZhHPITCCAQwwggEI
AlYD7/lvtqN/Bc0Pns6BFGllCoTp+CDiC7dDXdcygSHbjv2svuGrJoJRYrCJjcUI
Y59/uNyhV+5I0oBH/KyMR5vcEqVOVzaYVVhZaFZFaVnrwzjcFeHi6wJWAL/18AmH
T4yKRfxHdZuuiribIXfIw2PZzfGUJyEiko7Dzt83WQHndZpm5ntiV7upR4isM+ns
DmBQX+VF8x08GIhQhP/k/NPcFILjUyrCHj06meds8msCVgJXqX2XyPRt0tIolUnG
rWFrAtdPDL871Lm8DRU3wTO4GMIVjQiHNFgTpz542JBC19ty9kwt6EghIYL+3vNE
+qaiUxI2sBXUWRcEzrW7toFYUZ8GWWVv
-----END PRIVATE KEY-----
`;

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
