// The same program for Terraform, or for OpenTofu, if variables name the binaries: neither is installed for it.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeExit } from "../../tools/process/leave.mjs";
import { killTree } from "../../tools/process/tree.mjs";
import { newPublicKey } from "../public_key.mjs";

/**
 * The program `terraform` or `tofu`, and the folder with the program `terraform-provider-exoscale`. It has to obey
 * EXOSCALE_API_ENDPOINT for keys too: version 0.60.0 sends them to Exoscale's own host in any case.
 */
const { BENCH_TERRAFORM: binary = "", BENCH_TERRAFORM_PROVIDERS: providers = "" } = process.env;

/** Whether both are named. */
export const hasTerraform = binary !== "" && providers !== "";

/** @type {Record<import("./cells.mjs").Command, string[]>} */
const words = {
  up: ["apply", "-auto-approve", "-refresh=false"],
  refresh: ["apply", "-auto-approve", "-refresh-only"],
  destroy: ["destroy", "-auto-approve", "-refresh=false"],
};

export class TerraformStack {
  /**
   * @param {string} folder is created
   * @param {Record<string, string>} environment the variables of the emulator
   * @param {import("./cells.mjs").Cell} cell
   */
  constructor(folder, environment, { program, parallel }) {
    mkdirSync(folder, { recursive: true });
    const settings = join(folder, "settings.tfrc");
    writeFileSync(settings, `provider_installation {\n  dev_overrides { "exoscale/exoscale" = "${providers}" }\n}\n`);
    writeFileSync(join(folder, "main.tf"), programText(program));
    this.folder = folder;
    this.environment = { ...process.env, ...environment, TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: "1" };
    this.flags = parallel === undefined ? [] : [`-parallelism=${parallel}`];
  }

  /** @param {import("./cells.mjs").Command} command @returns {Promise<number>} its time in seconds */
  async run(command) {
    const args = [...words[command], "-input=false", "-no-color", ...this.flags];
    const before = performance.now();
    const child = spawn(binary, args, { cwd: this.folder, env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    const clean = beforeExit(() => killTree(child.pid ?? 0));
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    if (code !== 0) throw new Error(`${binary} ${args.join(" ")} ended with ${code}:\n${output}`);
    await clean();
    return (performance.now() - before) / 1000;
  }
}

/**
 * Its keys are made before: it can make some only in a resource of another provider, whose state has them in plain text.
 *
 * @param {import("./cells.mjs").Cell["program"]} program
 */
function programText({ pairs, instances = 0 }) {
  const keys = Array.from({ length: pairs }, newPublicKey);
  const machines = `
data "exoscale_template" "debian" {
  zone = "ch-gva-2"
  name = "Linux Debian 13 (Trixie) 64-bit"
}
resource "exoscale_compute_instance" "web" {
  count       = ${instances}
  zone        = "ch-gva-2"
  name        = "web-\${count.index}"
  type        = "standard.tiny"
  template_id = data.exoscale_template.debian.id
  disk_size   = 10
  ssh_keys    = [exoscale_ssh_key.pair[count.index].name]
}
`;
  return `terraform {
  required_providers {
    exoscale = { source = "exoscale/exoscale" }
  }
}
locals {
  keys = ${JSON.stringify(keys)}
}
resource "exoscale_ssh_key" "pair" {
  count      = ${pairs}
  name       = "pair-\${count.index}"
  public_key = local.keys[count.index]
}
${instances > 0 ? machines : ""}`;
}
