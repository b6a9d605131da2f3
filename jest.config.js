/**
 * Unit tests run the sources; end-to-end tests run the built package under the real engine.
 *
 * A project is a way to run test files, and some files run in several ways. A tier is a part of that: `quick` is what
 * `npm test` runs (tests/tiers.js lists it), `rest` is what `npm run test:all` runs besides, and by default both run.
 */
const { readdirSync, readFileSync, existsSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { delimiter, join } = require("node:path");
const { QUICK_E2E_FILES, SLOW_UNIT_FILES } = require("./tests/tiers");

/** Set by tools/test.mjs: the tier to run. */
const { PULUMI_EXOSCALE_SSH_TEST_TIER: tier } = process.env;

/** Most tests wait for a process or a login for half of their time. */
const WORKERS_PER_CORE = 2;

/** `npm run simulate -- --mutants` makes mistakes in the provider. */
const compiler = process.env["SIMULATION_MUTANT"] ? "<rootDir>/tests/simulation/mutate.js" : "@swc/jest";

const everywhere = {
  transform: { "^.+\\.ts$": [compiler, { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
  testEnvironment: "<rootDir>/tests/openapi/environment.ts",
  // What is built or generated has packages of its own.
  modulePathIgnorePatterns: ["<rootDir>/dist/", "/sdks/"],
};

/** Those of the end-to-end tests that are nearest to what `@pulumi/pulumi` does. */
const nearPulumi = ["sdk_version", "program_kinds", "key_pair", "instance_keys"];

/** Those about the package alone: neither the API's answers nor machines nor another `@pulumi/pulumi` matter to them. */
const aboutThePackage = [
  "demo",
  "distribution",
  "docs_examples",
  "examples_shell",
  "package_managers",
  "packaging",
  "secret_search",
];

/** Those about one of the two fronts, or about both, whichever is in place. */
const aboutOneFront = (file) =>
  /^(plugin|moving)_/.test(file) ||
  ["api_faults", "killed_runs", "lives", "program_kinds", "resource_options", "sdk_version"].includes(file);

/** Of these a second run would say little, or take long: what may differ is asked by shorter ones as well. */
const once = [
  "bad_input",
  "command_line",
  "engine_calls",
  "examples_logins",
  "interruption",
  "rotation_interrupted",
  "upgrade",
];

/** Folders of `@pulumi/pulumi`: the one that was asked for, and without one the oldest and the newest. */
const { PULUMI_EXOSCALE_SSH_SDK_DIR: chosenSdk, PULUMI_EXOSCALE_SSH_OTHER_SDK_DIRS: otherSdks = "[]" } = process.env;
const [oldestSdk, newestSdk] = JSON.parse(otherSdks);

/** Why this machine cannot have guests with a real sshd; null where it can. */
const noSshd = whyNoSshd();

/** Unit tests. What runs with each kind of guests runs with the default one here. */
const unit = () =>
  unitProject(
    "unit",
    inTier(unitFiles(), (file) => !SLOW_UNIT_FILES.includes(file)),
    {
      guestKinds: ["ssh2"],
    },
  );

/** The same statements about the other kind of guests. Tests that need a real sshd at all are with the rest of their file. */
const unitWithSshd = () =>
  unitProject("unit-sshd", inTier(unitFiles().filter(runsWithEachKind)), {
    guestKinds: ["sshd"],
    // tests/emulator/guest_kinds.ts has this title.
    onlyTests: "with guests of a real sshd",
  });

const unitProject = (displayName, files, globals) => ({
  displayName,
  testMatch: files.map((file) => `<rootDir>/tests/${file}.test.ts`),
  globals: { noSshd, ...globals },
  ...everywhere,
});

/** The end-to-end tests. Those with a name of their own are run a second time, with that in another way. */
const e2e = ({
  sdk = chosenSdk,
  files = e2eFiles(),
  quick = [],
  name = "",
  front = "dist/provider/index.js",
  globals = {},
} = {}) => {
  const folder = sdk || join(__dirname, "node_modules/@pulumi/pulumi");
  return {
    displayName: `e2e${name}`,
    testMatch: inTier(files, (file) => quick.includes(file)).map((file) => `<rootDir>/tests/e2e/${file}.test.ts`),
    moduleNameMapper: {
      "^pulumi-exoscale-ssh$": `<rootDir>/${front}`,
      "^@pulumi/pulumi(/.*)?$": `${folder}$1`,
    },
    globals: { sdkUnderTest: versionOf(folder), ...globals },
    // The figure for coverage is that of the unit tests.
    coveragePathIgnorePatterns: ["/"],
    ...everywhere,
  };
};

/**
 * The plugin in place of the dynamic resources, a real sshd where there is one, the API's other answers where nobody knows
 * it (tests/other_answers.ts).
 */
const otherwise = () =>
  e2e({
    files: e2eFiles().filter((file) => ![...aboutThePackage, ...once].includes(file) && !aboutOneFront(file)),
    name: "-otherwise",
    front: "tests/e2e/plugin_front.ts",
    globals: { emulated: { answers: "other", ...(noSshd === null && { guests: "sshd" }) } },
  });

/** The dynamic resources with another version of the SDK. */
const withSdk = (sdk) => (sdk ? [e2e({ sdk, files: nearPulumi, name: `-${versionOf(sdk)}` })] : []);

/** @returns {Promise<import("jest").Config>} */
module.exports = async () => {
  await findClientOfExoscale();
  await findOtherLanguages();
  return config;
};

/** @type {import("jest").Config} */
const config = {
  maxWorkers: availableParallelism() * WORKERS_PER_CORE,
  // For tests and hooks that say nothing else: with several workers a core, a test of a few seconds may take many.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/tools/test/sequencer.mjs",
  reporters: ["default", "<rootDir>/tools/test/times_reporter.mjs"],
  collectCoverageFrom: ["provider/**/*.ts"],
  projects: [
    unit(),
    unitWithSshd(),
    e2e({ quick: QUICK_E2E_FILES }),
    otherwise(),
    ...withSdk(oldestSdk),
    ...withSdk(newestSdk),
    // Jest takes a project without a pattern for one that runs everything.
  ].filter(({ testMatch }) => testMatch.length > 0),
};

/** @param {string[]} files @param {(file: string) => boolean} [isQuick] default: none is @returns {string[]} */
function inTier(files, isQuick = () => false) {
  if (tier === "quick") return files.filter(isQuick);
  if (tier === "rest") return files.filter((file) => !isQuick(file));
  return files;
}

function whyNoSshd() {
  if (process.platform !== "linux") return "no Linux";
  if (process.getuid() !== 0) return "not root";
  return existsSync("/usr/sbin/sshd") ? null : "no /usr/sbin/sshd: install openssh-server";
}

function unitFiles() {
  return testFiles("").filter((file) => !file.startsWith("e2e/"));
}

function e2eFiles() {
  return testFiles("e2e");
}

/** @param {string} folder below tests/ @returns {string[]} paths in it, without `.test.ts` */
function testFiles(folder) {
  const names = readdirSync(join(__dirname, "tests", folder), { recursive: true });
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => name.replace(/\.test\.ts$/, ""));
}

/** @param {string} file @returns {boolean} whether it makes the same statements about each kind of guests */
function runsWithEachKind(file) {
  return readFileSync(join(__dirname, "tests", `${file}.test.ts`), "utf8").includes("describeGuests(");
}

/** @param {string} sdk */
function versionOf(sdk) {
  return require(`${sdk}/package.json`).version;
}

/** For `npx jest`, which sets nothing up: the workers inherit what this process knows. */
async function findClientOfExoscale() {
  const { documentOf, pythonAtHand, DOCUMENT_VARIABLE, PYTHON_VARIABLE } = await import("./tools/setup/python.mjs");
  const python = pythonAtHand();
  const document = process.env[DOCUMENT_VARIABLE] ?? (python && documentOf(python));
  if (python) process.env[PYTHON_VARIABLE] = python;
  if (document) process.env[DOCUMENT_VARIABLE] = document;
}

/** The same for programs in YAML, Python and Go: Pulumi's language hosts, and a Python with Pulumi's library. */
async function findOtherLanguages() {
  const { builtHosts } = await import("./tools/setup/language_hosts.mjs");
  const { pulumiPythonAtHand, PULUMI_PYTHON_VARIABLE } = await import("./tools/sdks/python.mjs");
  // Behind the rest: where Pulumi's release has them, those are used.
  process.env.PATH = [process.env.PATH, builtHosts()].filter(Boolean).join(delimiter);
  const python = pulumiPythonAtHand();
  if (python) process.env[PULUMI_PYTHON_VARIABLE] = python;
}
