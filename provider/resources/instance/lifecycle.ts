const gone = new Set(["destroying", "destroyed", "expunging"]);

/** Whether an instance in this state is, or is about to be, no more: it holds no key and has no way back. */
export function isGone(state: string | undefined): boolean {
  return state !== undefined && gone.has(state);
}
