// Samples the engine and the provider's process while a command of Pulumi runs. Only on Linux.
import { descendants } from "../../tools/process/tree.mjs";
import { memoryOf, processorSeconds, readProcess } from "../process_figures.mjs";

/** How often to take a sample, in milliseconds. The kernel itself records peaks and times: only the end is missed. */
const SAMPLE_INTERVAL = 50;

/** The provider's process: the plugin, the plugin that does nothing, or Pulumi's process for dynamic resources. */
const PROVIDER = /\/(pulumi-resource-exoscale-ssh|dynamic-provider\/index\.js)$/;

export class ProcessWatch {
  /** The engine's largest memory, in MB. */
  engineMegabytes = 0;
  /** Processor time of the engine, in seconds. */
  engineSeconds = 0;
  /** Processor time of the provider's process, in seconds. */
  providerSeconds = 0;
  /** @type {number | undefined} */
  #provider;

  /** @param {number} engine the process `pulumi` @returns {() => void} stops the sampling */
  start(engine) {
    const timer = setInterval(() => this.#sample(engine), SAMPLE_INTERVAL);
    return () => clearInterval(timer);
  }

  /** @param {number} engine */
  #sample(engine) {
    this.engineMegabytes = Math.max(this.engineMegabytes, (memoryOf(engine).peak * 1024) / 1e6);
    this.engineSeconds = Math.max(this.engineSeconds, processorSeconds(engine));
    this.#provider ??= descendants(engine).find((pid) => isProvider(pid));
    if (this.#provider) this.providerSeconds = Math.max(this.providerSeconds, processorSeconds(this.#provider));
  }
}

/** @param {number} pid @returns {boolean} */
function isProvider(pid) {
  const [program = "", ...args] = readProcess(pid, "cmdline").split("\0");
  // The launchers are shell scripts, or start Node with the same arguments.
  return /\bnode$/.test(program) && args.some((argument) => PROVIDER.test(argument));
}
