import { evaluate } from "./evaluate";

test("without Go no SDK can be made, and the reason is given", async () => {
  const reason = await evaluate("sdks/make.mjs", "m.whyNoSdk('go')", { PATH: "" });
  expect(reason).toBe("Pulumi's code generator has to be built with Go, but Go is not installed");
});

test("SDKs are made with the code generator in the version of the npm package", async () => {
  const version = await evaluate("sdks/generator.mjs", "m.pulumiVersion");
  expect(version).toBe(require("@pulumi/pulumi/package.json").version);
});
