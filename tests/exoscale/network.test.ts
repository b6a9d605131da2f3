import { networkFailure } from "../../provider/exoscale/network";

const site = { what: 'register SSH key "deploy"', method: "POST", path: "/ssh-key" };
const endpoint = "https://api-ch-gva-2.exoscale.com/v2";

/** What `fetch` rejects with: an error without a code around one with a code. */
function rejected(code: string): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("inner"), { code }) });
}

test.each([
  ["ENOTFOUND", "final"],
  ["CERT_HAS_EXPIRED", "final"],
  ["EPROTO", "final"],
  ["ECONNREFUSED", "unsent"],
  ["EAI_AGAIN", "unsent"],
  ["UND_ERR_CONNECT_TIMEOUT", "unsent"],
  ["ECONNRESET", "doubtful"],
  ["UND_ERR_SOCKET", "doubtful"],
])("classifies %s as %s", (code, consequence) => {
  expect(networkFailure(site, endpoint, rejected(code)).consequence).toBe(consequence);
});

test("names the endpoint, the cause and what to check when a name does not resolve", () => {
  expect(networkFailure(site, endpoint, rejected("ENOTFOUND")).error.message).toBe(
    'Could not register SSH key "deploy": no answer from https://api-ch-gva-2.exoscale.com/v2. ' +
      "That host name does not exist: check the zone and the endpoint. (ENOTFOUND)",
  );
});

test("says that a POST may have been carried out when its connection breaks, but says no such thing of a GET", () => {
  const messages = ["POST", "GET"].map(
    (method) => networkFailure({ ...site, method }, endpoint, rejected("ECONNRESET")).error.message,
  );
  expect(messages[0]).toContain("The request may have been carried out.");
  expect(messages[1]).not.toContain("carried out");
});

test("takes an error without any code for a broken connection", () => {
  expect(networkFailure(site, endpoint, "odd").consequence).toBe("doubtful");
});
