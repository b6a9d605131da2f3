// What of the engine's output a newcomer needs: what was made, changed and deleted, warnings, errors.

/** " +  pulumi-nodejs:dynamic/exoscale-ssh:SshKeyPair alice created (0.11s)" */
const DONE = /^\s*[-+~]+\s+(\S+)\s+(\S+)\s+(created|updated|deleted|replaced)\b/;
const SECTION = /^(Diagnostics|Outputs|Resources|Policies|Duration|Updating|Destroying)\b.*$/;

/**
 * @param {(line: string) => void} show
 * @returns {(line: string) => void} takes the engine's lines one by one
 */
export function worthShowing(show) {
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

/** @param {string} text @returns {string} empty for headings and blank lines */
function cleanDiagnostic(text) {
  if (/^\S/.test(text) || /^\s+\S+ \(.*\):$/.test(text)) return "";
  return text.trim();
}
