import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { evaluate } from "./evaluate";

/** Refuses every request. */
let proxy: Server;
let url = "";
let asked: (string | undefined)[] = [];
let directory = "";

beforeEach(async () => {
  asked = [];
  directory = mkdtempSync(join(tmpdir(), "proxy-test-"));
  proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url);
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterEach(() => {
  proxy.close();
  rmSync(directory, { recursive: true });
});

/** Hides the proxy settings of this machine. */
const none = { https_proxy: "", HTTPS_PROXY: "", no_proxy: "", NO_PROXY: "", npm_config_noproxy: "" };

test.each(["https_proxy", "npm_config_https_proxy"])("downloads the engine through the proxy of %s", async (name) => {
  const download = `m.downloadEngine("3.250.0", ${JSON.stringify(directory)}, process.execPath)`;
  expect(await evaluate("setup/engine_download.mjs", download, { ...none, [name]: url })).toBe(false);
  expect(asked).toEqual(["get.pulumi.com:443"]);
});

test("reports the answer of a proxy that refuses the download", async () => {
  const fetcher = resolve(__dirname, "../../tools/setup/fetch_file.mjs");
  const env = { ...process.env, ...none, https_proxy: url, NODE_USE_ENV_PROXY: "1" };
  const args = [fetcher, "https://get.pulumi.com/file", join(directory, "file")];
  await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({
    stderr: "Cannot download from get.pulumi.com: Proxy response (407) !== 200 when HTTP Tunneling\n",
  });
});
