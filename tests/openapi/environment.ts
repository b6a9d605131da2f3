/** Where every test runs: jest's environment of Node, with a judge of what is said to the emulator. */
import type { EnvironmentContext, JestEnvironmentConfig } from "@jest/environment";
import type { Circus } from "@jest/types";
import { TestEnvironment } from "jest-environment-node";
import { apiDocument } from "./document";
import { Judge } from "./judge";

// Each test file loads its own modules, but not this one: schemas are compiled once for all files of a process.
const judge = apiDocument && new Judge(apiDocument);

export default class JudgedEnvironment extends TestEnvironment {
  readonly #onlyTests: unknown;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#onlyTests = config.projectConfig.globals["onlyTests"];
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.global["judge"] = judge;
  }

  /** Takes out what another project runs: a project may ask for the tests below one title alone. */
  handleTestEvent({ name }: Circus.Event, { rootDescribeBlock }: Circus.State): void {
    const only = this.#onlyTests;
    if (name !== "run_start" || typeof only !== "string") return;
    rootDescribeBlock.children = rootDescribeBlock.children.filter((child) => child.name.startsWith(only));
  }
}
