import { InvalidPrivateKeyError, WrongPassphraseError } from "../errors";

/** The one private key found in a text, between its BEGIN and END lines. */
export interface PrivateKeyBlock {
  /** What follows BEGIN, such as `RSA PRIVATE KEY`. */
  readonly label: string;
  /** The block with its first and last line, free of indentation and carriage returns. */
  readonly pem: string;
  /** The lines between. */
  readonly body: string;
}

/**
 * Finds the private key in a text; other blocks, such as EC PARAMETERS, and words around it are ignored.
 *
 * @throws InvalidPrivateKeyError when there is none or more than one.
 */
export function onlyPrivateKeyBlock(text: string): PrivateKeyBlock {
  const [block, ...more] = blocksIn(text.split(/\r\n|\r|\n/).map((line) => line.trim()));
  if (!block) throw unusablePrivateKey(whyNoBlock(text));
  if (more.length > 0) throw unusablePrivateKey(`it holds ${more.length + 1} private keys; give exactly one`);
  return block;
}

/** There may be words before a BEGIN. */
const BEGIN = /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY)-----$/;

function blocksIn(lines: readonly string[]): PrivateKeyBlock[] {
  const blocks: PrivateKeyBlock[] = [];
  let open: { readonly label: string; readonly at: number } | undefined;
  for (const [at, line] of lines.entries()) {
    const label = BEGIN.exec(line)?.[1];
    if (label !== undefined) open = { label, at };
    else if (open && at > open.at + 1 && line.startsWith(`-----END ${open.label}-----`)) {
      blocks.push(blockOf(open.label, lines.slice(open.at + 1, at)));
      open = undefined;
    }
  }
  return blocks;
}

function blockOf(label: string, lines: readonly string[]): PrivateKeyBlock {
  const body = lines.join("\n");
  return { label, body, pem: `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n` };
}

/** The error for a private key that cannot be used, with the reason as the end of its sentence. */
export function unusablePrivateKey(reason: string): InvalidPrivateKeyError {
  return new InvalidPrivateKeyError(`Not a usable private key: ${reason}.`);
}

/** The error for an encrypted key, depending on whether there was a passphrase to try. */
export function passphraseError(passphrase: string | undefined): WrongPassphraseError {
  return new WrongPassphraseError(
    passphrase
      ? "The passphrase does not open the private key (or the key's text is damaged)."
      : "The private key is encrypted and no passphrase was given; set passphrase.",
  );
}

function whyNoBlock(text: string): string {
  return otherFormats.find(({ pattern }) => pattern.test(text))?.reason ?? "it has no BEGIN ... PRIVATE KEY line";
}

const otherFormats = [
  { pattern: /^\s*$/, reason: "it is empty" },
  {
    pattern: /^PuTTY-User-Key-File-/m,
    reason: "it is in PuTTY format; convert it with `puttygen FILE -O private-openssh-new -o NEWFILE`",
  },
  {
    pattern: /---- BEGIN SSH2 ENCRYPTED PRIVATE KEY/,
    reason: "it is in ssh.com format; convert it with `puttygen FILE -O private-openssh-new -o NEWFILE`",
  },
  {
    pattern: /BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/,
    reason: "its END line is missing or its line breaks are lost; give the whole file as it is",
  },
  {
    pattern: /BEGIN [A-Z0-9 ]{0,40}PUBLIC KEY|^\s*(?:ssh|ecdsa|sk)-\S+\s+AAAA/,
    reason: "it is a public key; give the private half, or use the publicKey input",
  },
];
