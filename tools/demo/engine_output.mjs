// The part of the engine's output that a newcomer needs: what was created, changed and deleted, warnings, errors.

/**
 * " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice created (0.11s)". A replacement has three lines, "++", "+-" and
 * "--"; only the second one is shown.
 */
const DONE = /^\s*(?:[-+~]|\+-)\s+(\S+)\s+(\S+)\s+(created|updated|deleted|replaced)\b/;
const SECTION = /^(Diagnostics|Outputs|Resources|Policies|Duration|Updating|Destroying)\b.*$/;

/**
 * What the provider said while it worked, and then what became of each resource: causes before results.
 *
 * @param {string} output the whole output of the engine
 * @returns {string[]} lines
 */
export function summarize(output) {
  /** @type {string[]} */
  const said = [];
  /** @type {string[]} */
  const done = [];
  let section = "";
  for (const line of output.split("\n")) {
    const text = line.trimEnd();
    section = SECTION.exec(text)?.[1] ?? section;
    const diagnostic = section === "Diagnostics" ? cleanDiagnostic(text) : "";
    if (diagnostic) said.push(diagnostic);
    const [, type = "", name, what] = (section !== "Diagnostics" && DONE.exec(text)) || [];
    if (name && !type.endsWith(":Stack") && !type.startsWith("pulumi:providers:")) {
      done.push(`${type.split(":").at(-1)} "${name}" ${what}`);
    }
  }
  return [...said, ...done];
}

/** Headings, and messages about the way in which the demo is run. */
const NOISE = /^\S|^\s+\S+ \(.*\):$|using \S+ from \$PATH|Undefined value \(/;

/** @param {string} text @returns {string} empty if it is not to be shown */
function cleanDiagnostic(text) {
  return NOISE.test(text) ? "" : text.trim();
}
