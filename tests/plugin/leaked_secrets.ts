import { type Leak, leaksIn } from "../e2e/secret_search";
import type { Plugin } from "./plugin_client";

/** Where a plugin's answers, errors and log lines contain secrets in plain text. */
export function leakedSecrets(plugin: Plugin, secrets: readonly string[]): Leak[] {
  const lines = plugin.engine.lines.map(({ message }) => message).join("\n");
  return [...leaksIn("answers", plugin.transcript, secrets), ...leaksIn("lines", lines, secrets)];
}
