/** Sends a command to the emulator that the variables of the environment point at. */
import { BY_HAND } from "./api/hand_request";
import { authorizationOf } from "./api/signature";

/** @returns what was done. @throws when no emulator answers, or it cannot do that */
export async function sendByHand(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret, EXOSCALE_API_ENDPOINT: endpoint = "" } = environment;
  if (!key || !secret || !isEmulator(endpoint)) {
    throw new Error("Paste the lines that the running emulator printed into this shell first.");
  }
  const body = Buffer.from(JSON.stringify(words));
  const authorization = authorizationOf({ method: "POST", url: BY_HAND, body }, key, secret);
  const answer = await send(new URL(BY_HAND, endpoint), { method: "POST", body, headers: { authorization } });
  const said = await answer.text();
  if (!answer.ok) throw new Error(said);
  return said;
}

/** Nothing is sent to a real account. */
function isEmulator(endpoint: string): boolean {
  return URL.canParse(endpoint) && new URL(endpoint).hostname === "127.0.0.1";
}

async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch {
    throw new Error(`No emulator answers at ${url.origin}. Paste the lines that the running one printed.`);
  }
}
