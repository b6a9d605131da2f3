import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installedProgram, linkedProgram, type ProgramFolder } from "./package_layouts";

/** Prints the texts that Pulumi stores as `__provider`. The variable's name is part of the text. */
const program = `
  const pulumi = require("@pulumi/pulumi");
  const providers = require("./node_modules/pulumi-exoscale-ssh/dist/provider/dynamic/providers.js");
  const serialize = (provider) => pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true });
  (async () => {
    const texts = {};
    for (const [name, provider] of Object.entries(providers)) texts[name] = (await serialize(provider)).text;
    process.stdout.write(JSON.stringify(texts));
  })();
`;
const providers = ["authorizedKeyProvider", "instanceProvider", "securityGroupProvider", "sshKeyPairProvider"];
const secret = "the-secret-of-the-api-key";

let linked: Record<string, string>;
let installed: Record<string, string>;
beforeAll(() => {
  linked = textsIn(linkedProgram());
  installed = textsIn(installedProgram());
});

/**
 * The state of every stack has these texts. If a test fails here, every resource of every user would show a change. Do
 * not update the golden files without a migration for those stacks.
 */
describe.each(providers)("The stored text of %s", (name) => {
  const golden = readFileSync(join(__dirname, "golden", `${name}.txt`), "utf8");

  test("is the one in existing states, from a linked package", () => {
    expect(linked[name]).toBe(golden);
  });

  test("is the same from a package that npm installed", () => {
    expect(installed[name]).toBe(golden);
  });

  test("is short, because a state has it twice per resource", () => {
    expect(Buffer.byteLength(golden)).toBeLessThan(2_500);
  });

  test("has no credential, although the environment has one", () => {
    expect(linked[name]).not.toContain(secret);
  });
});

test("There are four providers, one for each resource", () => {
  expect(Object.keys(linked).sort()).toEqual(providers);
});

function textsIn(folder: ProgramFolder): Record<string, string> {
  const env = { ...process.env, EXOSCALE_API_KEY: "EXO-the-key", EXOSCALE_API_SECRET: secret };
  try {
    const options = { cwd: folder.path, env, encoding: "utf8", stdio: "pipe" } as const;
    return JSON.parse(execFileSync(process.execPath, ["-e", program], options));
  } finally {
    folder.dispose();
  }
}
