/** A Python, whose library reads formats independently of the provider. */
import { execFileSync } from "node:child_process";

/** The interpreter that `npm test` sets up, else the machine's; undefined if there is none. */
export const python = [process.env["EXOSCALE_PYTHON"], "python3"].find((path) => path !== undefined && runs(path));

/** A `describe`; without Python a skipped one whose title gives the reason. */
export function describeWithPython(title: string, tests: () => void): void {
  if (python) describe(title, tests);
  else describe.skip(`${title} (skipped: no python3 on this machine)`, tests);
}

function runs(path: string): boolean {
  try {
    execFileSync(path, ["-c", "import email"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
