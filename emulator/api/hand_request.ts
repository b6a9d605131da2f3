/** Commands that a person gives by hand, over the same port as the API and signed like its requests. */
import { isSignedBy, type SignedRequest } from "./signature";

/** The path of commands, which is no part of the API. */
export const BY_HAND = "/by-hand";

/**
 * Runs the command in a request, a list of words.
 *
 * @param now the time by which signatures are checked, in milliseconds since 1970
 * @param run runs it and says what was done
 */
export async function answerByHand(
  request: SignedRequest,
  { apiKey, apiSecret }: { readonly apiKey: string; readonly apiSecret: string },
  now: number,
  run: (words: readonly string[]) => Promise<string>,
): Promise<{ status: number; body: string }> {
  if (!isSignedBy(request, apiKey, apiSecret, { now })) {
    return { status: 403, body: "The variables of this shell are those of another emulator." };
  }
  try {
    const words: unknown = JSON.parse(request.body.toString());
    return { status: 200, body: await run(Array.isArray(words) ? words.map(String) : []) };
  } catch (error) {
    return { status: 400, body: error instanceof Error ? error.message : String(error) };
  }
}
