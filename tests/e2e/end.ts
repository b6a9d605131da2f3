import type { Emulator } from "../emulated";
import type { Leak } from "./secret_search";

/** A stack or a user's program. */
interface Stage {
  leaks(): Leak[];
  dispose(): void;
}

/**
 * Ends a test file, or one test. Fails if a secret is found anywhere, and removes everything in any case. An undefined
 * argument was never created, because something before it failed.
 */
export async function end(stage: Stage | undefined, emulator?: Emulator): Promise<void> {
  try {
    expect(stage?.leaks() ?? []).toEqual([]);
  } finally {
    stage?.dispose();
    await emulator?.close();
  }
}
