import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { closeAll, start } from "./world";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

// A Python that has the PyPI packages `exoscale` and `jsonschema`.
const python = process.env["EXOSCALE_PYTHON"];

afterEach(closeAll);

(python ? test : test.skip)(
  `satisfies Exoscale's own Python client and the API document in it${python ? "" : " (skipped: EXOSCALE_PYTHON names no Python with it)"}`,
  async () => {
    const { emulator } = await start({ guests: "none" });
    const env = { ...process.env, ...emulator.environment };
    const script = join(__dirname, "official_client.py");
    const { stdout } = await promisify(execFile)(python ?? "", [script, KEY], { env });
    // The real API answers these three as well, although its document does not declare them.
    expect(JSON.parse(stdout)).toEqual({
      keys: ["official"],
      deviations: [
        "list-zones: .zones.id is not declared",
        "start-instance: .resource is not declared",
        "stop-instance: .resource is not declared",
      ],
    });
  },
  30_000,
);
