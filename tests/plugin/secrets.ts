import { type Leak, leaksIn } from "../e2e/secret_search";
import type { Plugin } from "./plugin_client";

/** Where secrets stand in clear in what a plugin answered, failed with, and showed. */
export function clearSecrets(plugin: Plugin, secrets: readonly string[]): Leak[] {
  const lines = plugin.engine.lines.map(({ message }) => message).join("\n");
  return [...leaksIn("answers", plugin.transcript, secrets), ...leaksIn("lines", lines, secrets)];
}
