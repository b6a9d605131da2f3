// The part of the engine's output that a newcomer needs: what was created, changed and deleted, warnings, errors.

/**
 * " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice created (0.11s)". A replacement has three lines, "++", "+-" and
 * "--"; only the second one is shown.
 */
const DONE = /^\s*(?:[-+~]|\+-)\s+(\S+)\s+(\S+)\s+(created|updated|deleted|replaced)\b/;
const SECTION = /^(Diagnostics|Outputs|Resources|Policies|Duration|Updating|Destroying)\b.*$/;

/**
 * @param {(line: string) => void} show
 * @returns {(line: string) => void} is called with each line of the engine
 */
export function filterEngineOutput(show) {
  let section = "";
  return (line) => {
    const text = line.trimEnd();
    section = SECTION.exec(text)?.[1] ?? section;
    if (section === "Diagnostics") {
      const diagnostic = cleanDiagnostic(text);
      if (diagnostic) show(diagnostic);
      return;
    }
    const [, type = "", name, what] = DONE.exec(text) ?? [];
    if (name && !type.endsWith(":Stack") && !type.startsWith("pulumi:providers:")) {
      show(`${type.split(":").at(-1)} "${name}" ${what}`);
    }
  };
}

/** Headings, and messages about the way in which the demo is run. */
const NOISE = /^\S|^\s+\S+ \(.*\):$|using \S+ from \$PATH|Undefined value \(/;

/** @param {string} text @returns {string} empty if it is not to be shown */
function cleanDiagnostic(text) {
  return NOISE.test(text) ? "" : text.trim();
}
