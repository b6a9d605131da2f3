import type { PublicKey } from "../../../provider/keys/public_key";
import { keyLineText } from "../../../provider/ssh/authorized_keys/edit";
import { describeWithSshd } from "../openssh_server";
import { names, openKeys, startAskedSshd } from "./asked_sshd";
import { alice, bare } from "./keys";
import { badOptions, goodOptions } from "./option_lists";
import { askedKeys, closingOptions } from "./random_files";
import { noKeys, sameKeys } from "./spellings";

/** A certificate authority is not asked about: it does not log in. */
const goodLines = goodOptions
  .filter((options) => !options.includes("cert-authority"))
  .map((options) => keyLineText({ key: alice, options }));
const lineWith = ([option]: readonly [string, ...unknown[]]) => `${option} ${bare(alice)}`;
const uselessLines = badOptions.filter(([option]) => option.startsWith('from="')).map(lineWith);
const badLines = [
  ...badOptions.filter(([option]) => !option.startsWith('from="')).map(lineWith),
  ...closingOptions.map((option) => lineWith([option])),
];
const asked = [...[...sameKeys, ...noKeys].map(({ text }) => text), ...goodLines, ...badLines, ...uselessLines];

describeWithSshd("A real OpenSSH sshd", () => {
  const answers = new Map<string, readonly PublicKey[]>();
  beforeAll(async () => {
    const sshd = await startAskedSshd();
    const files = asked.map(inLatin1);
    for (const [at, accepted] of (await sshd.accepted(files, askedKeys)).entries())
      answers.set(asked[at] ?? "", accepted);
    await sshd.close();
  });

  test.each(sameKeys)("sees a key $name: $key.sshType", ({ key, text }) => {
    expect(names(answers.get(text))).toEqual([key.comment]);
  });

  test.each(noKeys)("sees no key $name: $key.sshType", ({ text }) => {
    expect(answers.get(text)).toEqual([]);
  });

  test.each(goodLines)("accepts options that we call good: %s", (line) => {
    expect(names(answers.get(line))).toEqual(["alice"]);
  });

  test.each(badLines)("handles options that we call bad as we say: %s", (line) => {
    expect(names(answers.get(line))).toEqual(names(openKeys(inLatin1(line))));
  });

  test.each(uselessLines)("accepts options that we call useless, and lets nobody in with them: %s", (line) => {
    expect([answers.get(line), names(openKeys(inLatin1(line)))]).toEqual([[], ["alice"]]);
  });
});

function inLatin1(line: string): Buffer {
  return Buffer.from(`${line}\n`, "latin1");
}
