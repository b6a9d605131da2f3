// What of the engine's output a newcomer needs: what was made, changed and deleted, warnings, errors.

/**
 * " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice created (0.11s)". A replacement has three lines, "++", "+-" and
 * "--", of which the second says it.
 */
const DONE = /^\s*(?:[-+~]|\+-)\s+(\S+)\s+(\S+)\s+(created|updated|deleted|replaced)\b/;
const SECTION = /^(Diagnostics|Outputs|Resources|Policies|Duration|Updating|Destroying)\b.*$/;

/**
 * @param {(line: string) => void} show
 * @returns {(line: string) => void} takes the engine's lines one by one
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

/** Headings, and remarks on how the demo is run rather than on what it does. */
const NOISE = /^\S|^\s+\S+ \(.*\):$|using \S+ from \$PATH|Undefined value \(/;

/** @param {string} text @returns {string} empty when it is not worth showing */
function cleanDiagnostic(text) {
  return NOISE.test(text) ? "" : text.trim();
}
