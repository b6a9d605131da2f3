/** The environment of every test: that of Node, with a judge of the exchanges with the emulator. */
import { TestEnvironment } from "jest-environment-node";
import { apiDocument } from "./document";
import { Judge } from "./judge";

// Each test file loads its own modules, but not this one: schemas are compiled once for all files of a process.
const judge = apiDocument && new Judge(apiDocument);

export default class JudgedEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global["judge"] = judge;
  }
}
