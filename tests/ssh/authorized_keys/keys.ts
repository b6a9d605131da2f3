import { type PublicKey, parsePublicKey } from "../../../provider/keys/public_key";
import { lengthPrefixed, takeFields } from "../../../provider/keys/wire";

// Made by ssh-keygen; their private halves were thrown away.
export const alice = parsePublicKey(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIENCW2y01M3SttE85Hh0IE+QbJHlr+QXBPr4Zn8JVW7J alice",
);
export const bob = parsePublicKey(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM0lQMRkTEmjRGZO01hqzkZ/WJjOcpCiy+K94YnhKo+a bob",
);
export const rita = parsePublicKey(
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC78WpPt0OzNnd/2KdphEu6wAxMvioxs71uaUPs+nRsbM8S0aKr+w2ttT0AIck+1xmkylrHCySjSzR1QmwaU6fz3Pi1yAm8L4AVFEgn4RI3EQWEzBby8w8G5/Z4hx7xtJB2Y5D0b35zXc6OegZqGSSce8+9wUFWqBXz39G2aQ/RSXCVGe9+x2rJ6VwS2bIid2dyB9Bu9Ij1iDG49Yq1bw6vcavtZEVFRol0Bhd5V9d4dl8zulxT17PFfLTmhcNBgHNAS2W3PMLTQdLEMWFLUkhMyA2r8SrHvFGYOe23KNl7c+/n7twvQB/hhdnCwpN5kwFssY11yhH9cvkdBm2axUtz rita",
);
export const eve = parsePublicKey(
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLeKdHMPa8tgvTwP8RmXQpZ2bzAozKtynwRH39a8QEDs6F71BIQWUGGex4SlOLHLNtrAQtkKOJzw446tO02nEMA= eve",
);
export const eve384 = parsePublicKey(
  "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBOOgw5P06nUKCBkYoPFXFpfn5UDKbUG8OQpC72v41LVhXURojpOS4uwJXIihgiZyj4TWNrkRFIGFAc1vU9P+Xp+d8w9E3Py3mnc0I/0fQHpGvFjSWV2LMJO7ntkFB+GnWA== e3",
);
export const eve521 = parsePublicKey(
  "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBADnOqUz0upDEHwuAWbQjSDyUodBTiV+nT2LDc+pHs4WuZfqVE+V6L5wJYbSsGIQiro0XOoFwjdahuapbd+8fgjAcwCcFZq1750CSBKULAsXofgAtR8JW2EBTx0CkzqlO3+d9X/lS65foMPE5foUeEh/Ww1tFUSlBSK1ikDhszZdxE6OIQ== e5",
);

/** A certificate for Alice's key, and the keys of others that no list of ours may hold. */
export const certificate =
  "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIHOVBLsuPf/eiW3iHcm6W65VGUHsEoMlFDfetWJHtwcRAAAAIENCW2y01M3SttE85Hh0IE+QbJHlr+QXBPr4Zn8JVW7JAAAAAAAAAAAAAAABAAAABWFsaWNlAAAACQAAAAVhbGljZQAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDYqfqZjkKr07yp+ScSYxDZRw44Wbpi3dtawanO4uZnQAAAAFMAAAALc3NoLWVkMjU1MTkAAABAFLBdRws94vVwnI7Pn4A96WrVc5LG0ZcyiAVcBDfCzB9AVvQja0G0qWO0sERnxQm/VQOM7o/FI2TwdbxCHK+1CA== alice";
/** RSA with 1024 bits, which sshd takes and `keys/` does not. */
export const small =
  "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDiQLbZjt3oeFtoPhZcuL1bLkMuZO4rv1SRF7ww2X9havEmCHF9qvlY9L7h0hzb4W6gxpdApJZozh+79C4k4T87Qgf92pojhkiKOJlhiab8EO8eRmC0knKxY7GM+V7xutY/TaYJYG1VHWOejb5AoeWuggdvN4ONanENpMKKIGRREw== small";
/** DSA. */
export const dora =
  "ssh-dss AAAAB3NzaC1kc3MAAACBAO9sbYLtIl0RNMVrEQEhjbF8fyc9z7tWCRHcirexcMC5jCy1wJKrrx7pC5BB4D47tzfQu7toZTSBGvALU9zuisHVL7Poa+ZsCHGa8Uwyaep0UhPLemNM03p+kKz5hM0VsISlPdh7YkwptyYV7TOpyJliqKSXILHhHe2rycU83tffAAAAFQD3TyvElyzI8wuQ0zylaVoGaKMSiwAAAIAf8bb+LBICiku+T5HtKJOf4av9NDEExkm9DHXlwnd0Za+qC6b94AP1yY6GKKS0dx5vvoiGRLJ7xMWkmjWara0KKp4tzS4ORtHyRh/CYk+0GBXeYtM0Q/Jn9LWu56Qe7Yk0aO6ReEqkxE4y0U4nTu4UqO1awzhiPyT3qpHRTCH+ggAAAIEArkfEH7GlWcs5C4FoYIYav6elsk71RIHAQSMeFgPmJmplYColHGYUyghXg6MGcv24ovXYQ0RrJRJcLyDf6qVHVC8dzCnGY/YaCnhCfPsYZQiTgmt3EflXyh7U7IM0rJek/7x35eWkFI5ly8OyfXjXGay8duTcMEpovVz899OOKN0= dora";

/** `type base64` of a key, without its comment. */
export function bare(key: PublicKey): string {
  return `${key.sshType} ${key.blob.toString("base64")}`;
}

/** The base64 of a wire encoding made of these fields. */
export function encoded(...fields: readonly (string | Buffer)[]): string {
  return Buffer.concat(fields.map((field) => lengthPrefixed(Buffer.from(field)))).toString("base64");
}

/** The fields of a key behind its type word. */
export function fieldsOf(key: PublicKey): readonly Buffer[] {
  return takeFields(key.blob, key.algorithm === "ed25519" ? 2 : 3)?.fields.slice(1) ?? [];
}

/** The field with so many zeros before it. */
export function padded(field: Buffer | undefined, zeros: number): Buffer {
  return Buffer.concat([Buffer.alloc(zeros), field ?? Buffer.alloc(0)]);
}

/** A security key with the point of Alice's: another key. */
export const aliceOnToken = `sk-ssh-ed25519@openssh.com ${encoded("sk-ssh-ed25519@openssh.com", ...fieldsOf(alice), "ssh:")}`;
