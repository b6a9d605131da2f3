import type { Call } from "./options";

/** What no message may repeat of a request, even if the server does: user data, in both forms. */
export function secretTexts({ body }: Pick<Call, "body">): string[] {
  const userData = body && "user-data" in body ? body["user-data"] : undefined;
  return typeof userData === "string" ? [userData, Buffer.from(userData, "base64").toString()] : [];
}

/** A text without these texts. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret ? rest.replaceAll(secret, "[secret]") : rest), text);
}
