// Version numbers, as programs print them: "v3.250.0", "3.216.0-dev.1+abc", "go1.26".

/** @typedef {[major: number, minor: number, patch: number]} Version */

/** @param {string} text @returns {Version | undefined} the first version in the text */
export function parseVersion(text) {
  const [, major, minor, patch] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major && minor ? [Number(major), Number(minor), Number(patch ?? 0)] : undefined;
}

/** @param {string} text @param {string} least @returns {boolean} false also if either is not a version */
export function isAtLeast(text, least) {
  const a = parseVersion(text);
  const b = parseVersion(least);
  if (!a || !b) return false;
  const [major, minor, patch] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return (major || minor || patch) >= 0;
}
