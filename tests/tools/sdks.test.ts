import { evaluate } from "./evaluate";

test("no SDK can be made where there is no Go, and the reason is said", async () => {
  const reason = await evaluate("sdks/make.mjs", "m.whyNoSdk('go')", { PATH: "" });
  expect(reason).toBe("Pulumi's code generator has to be built with Go, but Go is not installed");
});

test("SDKs are made with the code generator of the version that the npm package has", async () => {
  const version = await evaluate("sdks/generator.mjs", "m.pulumiVersion");
  expect(version).toBe(require("@pulumi/pulumi/package.json").version);
});
