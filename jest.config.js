/** Unit tests run the sources; end-to-end tests run the built package under the real engine. */
const typescript = { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] };

/** @type {import("jest").Config} */
module.exports = {
  maxWorkers: "100%",
  projects: [
    {
      displayName: "unit",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/e2e/"],
      modulePathIgnorePatterns: ["<rootDir>/dist/"],
      transform: typescript,
    },
    {
      displayName: "e2e",
      testMatch: ["<rootDir>/tests/e2e/**/*.test.ts"],
      moduleNameMapper: { "^pulumi-exoscale-ssh$": "<rootDir>/dist/provider/index.js" },
      transform: typescript,
    },
  ],
};
