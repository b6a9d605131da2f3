import type { Emulator } from "../emulated";
import type { Leak } from "./secret_search";

/** A stack or a user's program. */
interface Stage {
  leaks(): Leak[];
  dispose(): void;
}

/**
 * Ends a test file, or one test: no secret may stand anywhere, and everything is removed even if one does. What is
 * undefined was never made, because something before it failed.
 */
export async function end(stage: Stage | undefined, emulator?: Emulator): Promise<void> {
  try {
    expect(stage?.leaks() ?? []).toEqual([]);
  } finally {
    stage?.dispose();
    await emulator?.close();
  }
}
