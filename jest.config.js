/** Unit tests run the sources; end-to-end tests run the built package under the real engine. */
const everywhere = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
  testEnvironment: "<rootDir>/tests/openapi/environment.ts",
};

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
      ...everywhere,
    },
    {
      displayName: "e2e",
      testMatch: ["<rootDir>/tests/e2e/**/*.test.ts"],
      moduleNameMapper: { "^pulumi-exoscale-ssh$": "<rootDir>/dist/provider/index.js" },
      ...everywhere,
    },
  ],
};

/** For `npx jest`, which sets nothing up: the workers inherit what this process knows. */
async function findClientOfExoscale() {
  const { documentOf, pythonAtHand, DOCUMENT_VARIABLE, PYTHON_VARIABLE } = await import("./tools/setup/python.mjs");
  const python = pythonAtHand();
  const document = process.env[DOCUMENT_VARIABLE] ?? (python && documentOf(python));
  if (python) process.env[PYTHON_VARIABLE] = python;
  if (document) process.env[DOCUMENT_VARIABLE] = document;
}
