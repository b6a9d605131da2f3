/**
 * Lists the instances of an API in a process of its own: `node client_process.js ENDPOINT [TRY_TIMEOUT_MS]`. Prints how many
 * there are, or the error, and the most memory that the process had.
 */
const { join } = require("node:path");
const { transformFileSync } = require("@swc/core");

const swc = { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } };
require.extensions[".ts"] = (module, file) => module._compile(transformFileSync(file, swc).code, file);

const provider = join(__dirname, "../../provider/exoscale");
const { Api } = require(join(provider, "client"));
const { Instances } = require(join(provider, "instances"));

const [endpoint, tryTimeoutMs = "60000"] = process.argv.slice(2);
const credentials = () => ({ apiKey: "EXOtest", apiSecret: "a secret" });
const api = new Api({ endpoint, credentials, tryTimeoutMs: Number(tryTimeoutMs), retry: { tries: 2 } });

const print = (result) =>
  console.log(JSON.stringify({ ...result, peakMb: Math.round(process.resourceUsage().maxRSS / 1024) }));

new Instances(api).list().then(
  (instances) => print({ count: instances.length }),
  (error) => print({ code: error.code, error: error.message }),
);
