/** Unit tests run the sources; end-to-end tests run the built package under the real engine, on both kinds of guests. */
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const everywhere = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
  testEnvironment: "<rootDir>/tests/openapi/environment.ts",
};

/** Those of the end-to-end tests that are nearest to what `@pulumi/pulumi` does. */
const nearPulumi = ["sdk_version", "program_kinds", "key_pair", "instance", "instance_keys", "caveat"];

/** Those that depend on the API alone. Where nobody knows its answers, it gives them other ones: tests/other_answers.ts. */
const onApiAlone = ["bad_input", "instance_keys", "key_pair", "security_group"];

/**
 * The end-to-end tests with the `@pulumi/pulumi` in a folder; tools/setup/sdks.mjs gets other versions than ours.
 *
 * @param {{ sdk?: string, name?: string, files?: string[], globals?: object }} options
 */
const e2e = ({ sdk = `${__dirname}/node_modules/@pulumi/pulumi`, name = "", files = ["*"], globals = {} } = {}) => ({
  displayName: `e2e${name}`,
  testMatch: files.map((file) => `<rootDir>/tests/e2e/**/${file}.test.ts`),
  moduleNameMapper: {
    "^pulumi-exoscale-ssh$": "<rootDir>/dist/provider/index.js",
    "^@pulumi/pulumi(/.*)?$": `${sdk}$1`,
  },
  globals: { sdkUnderTest: versionOf(sdk), ...globals },
  ...everywhere,
});

const versionOf = (sdk) => require(`${sdk}/package.json`).version;

const { PULUMI_EXOSCALE_SSH_SDK_DIR: chosenSdk, PULUMI_EXOSCALE_SSH_OTHER_SDK_DIRS: otherSdks = "[]" } = process.env;

/** Why this machine cannot have guests with a real sshd; null where it can. */
const noSshd = whyNoSshd();

/** The end-to-end tests whose machines run a real sshd. */
const e2eOnSshd = () => ({
  ...e2e({
    sdk: chosenSdk || undefined,
    name: noSshd === null ? " on sshd" : ` on sshd (skipped: ${noSshd})`,
    files: filesWithGuests(),
    globals: { emulated: { guests: "sshd" } },
  }),
  ...(noSshd !== null && { setupFilesAfterEnv: ["<rootDir>/tests/e2e/skip_all.ts"] }),
});

/** @returns {Promise<import("jest").Config>} */
module.exports = async () => {
  await findClientOfExoscale();
  return config;
};

/** @type {import("jest").Config} */
const config = {
  maxWorkers: "100%",
  projects: [
    {
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/"],
      modulePathIgnorePatterns: ["<rootDir>/dist/"],
      globals: { noSshd },
      ...everywhere,
    },
    e2e(chosenSdk && { sdk: chosenSdk }),
    e2eOnSshd(),
    ...JSON.parse(otherSdks).map((sdk) => e2e({ sdk, name: `-${versionOf(sdk)}`, files: nearPulumi })),
    e2e({ name: ", other answers", files: onApiAlone, globals: { emulated: { answers: "other" } } }),
  ],
};

function whyNoSshd() {
  if (process.platform !== "linux") return "no Linux";
  if (process.getuid() !== 0) return "not root";
  return existsSync("/usr/sbin/sshd") ? null : "no /usr/sbin/sshd: install openssh-server";
}

/** Files whose statements are about machines with an inside; the others would only be run twice. */
function filesWithGuests() {
  const folder = join(__dirname, "tests", "e2e");
  const names = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
  const text = (file) => readFileSync(join(folder, file), "utf8");
  const hasGuests = (file) => text(file).includes("startEmulator(") && !text(file).includes('guests: "none"');
  return names.filter(hasGuests).map((file) => file.replace(/\.test\.ts$/, ""));
}

/** For `npx jest`, which sets nothing up: the workers inherit what this process knows. */
async function findClientOfExoscale() {
  const { documentOf, pythonAtHand, DOCUMENT_VARIABLE, PYTHON_VARIABLE } = await import("./tools/setup/python.mjs");
  const python = pythonAtHand();
  const document = process.env[DOCUMENT_VARIABLE] ?? (python && documentOf(python));
  if (python) process.env[PYTHON_VARIABLE] = python;
  if (document) process.env[DOCUMENT_VARIABLE] = document;
}
