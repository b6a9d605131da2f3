import { openAccount } from "../../provider/account";
import { UntrustedEndpointError } from "../../provider/errors";
import { zoneEndpoint } from "../../provider/exoscale/zone_endpoint";
import { closeServers, credentials, serve } from "./scripted_server";

afterEach(closeServers);

const exoscale = "https://api-ch-gva-2.exoscale.com/v2";
const ofZone = (endpoint: string) => ({ name: "de-fra-1", "api-endpoint": endpoint });

test.each([
  ["Exoscale's own endpoint of the zone", exoscale, "https://api-de-fra-1.exoscale.com/v2"],
  [
    "Exoscale's own, if the list came through a proxy",
    "http://proxy.example:8080/v2",
    "https://api-de-fra-1.exoscale.com/v2",
  ],
  ["the configured host", "https://proxy.example/v2", "https://proxy.example/v2/de-fra-1"],
  ["another port of the configured host", "http://127.0.0.1:4000/v2", "http://127.0.0.1:4001/v2"],
  ["this machine by its other name", "http://localhost:4000/v2", "http://127.0.0.1:4001/v2"],
  ["the configured host, encrypted", "http://proxy.example/v2", "https://proxy.example/v2"],
  [
    "the configured host, but for the zone",
    "https://ppapi-ch-gva-2.exoscale.com/v2",
    "https://ppapi-de-fra-1.exoscale.com/v2",
  ],
  ["a host in other letters", exoscale, "HTTPS://API-de-fra-1.Exoscale.com:443/v2"],
])("A zone's requests go to %s", (_, configured, endpoint) => {
  expect(zoneEndpoint(ofZone(endpoint), configured)).toBe(new URL(endpoint).href);
});

test.each([
  ["another host", "https://evil.example/v2"],
  ["the host of another zone", "https://api-at-vie-1.exoscale.com/v2"],
  ["a host that begins like Exoscale's", "https://api-de-fra-1.exoscale.com.evil.example/v2"],
  ["a host that ends like Exoscale's", "https://evil-api-de-fra-1.exoscale.com/v2"],
  ["a name of a user like Exoscale's host", "https://api-de-fra-1.exoscale.com@evil.example/v2"],
  ["Exoscale's host with a password", "https://me:hush@api-de-fra-1.exoscale.com/v2"],
  ["Exoscale's host without encryption", "http://api-de-fra-1.exoscale.com/v2"],
  ["the configured host without encryption", "http://api-ch-gva-2.exoscale.com/v2"],
  ["another port of Exoscale's host", "https://api-de-fra-1.exoscale.com:8443/v2"],
  ["this machine", "http://127.0.0.1:8080/v2"],
  ["a file", "file:///etc/passwd"],
  ["a query", "https://api-de-fra-1.exoscale.com/v2?to="],
  ["no URL", "api-de-fra-1.exoscale.com/v2"],
  ["an empty text", ""],
])("A zone's requests do not go to %s", (_, endpoint) => {
  expect(() => zoneEndpoint(ofZone(endpoint), exoscale)).toThrow(UntrustedEndpointError);
});

test.each([
  ["https://my-app-2.com", "evil", "https://evil.com"],
  ["https://my-app-2.com", "de-fra-1", "https://de-fra-1.com"],
  ["https://eu-exo-1.example.com", "evil", "https://evil.example.com"],
  ["https://api.ch-gva-2.com", "de-fra-1", "https://api.de-fra-1.com"],
])("A list of zones at %s cannot send requests for %s to %s", (configured, name, endpoint) => {
  expect(() => zoneEndpoint({ name, "api-endpoint": endpoint }, configured)).toThrow(UntrustedEndpointError);
});

test.each(["127.0.0.2"])(
  "An account whose list of zones names another host, %s, sends it nothing and says what to check",
  async (host) => {
    const foreign = await serve();
    const endpoint = foreign.endpoint.replace("127.0.0.1", host);
    const honest = await serve({ json: { zones: [ofZone(endpoint)] } });
    const settings: Partial<Record<string, string>> = { ...credentials, endpoint: honest.endpoint };
    const failing = openAccount((name) => settings[name]).zone("de-fra-1");
    await expect(failing).rejects.toThrow(UntrustedEndpointError);
    await expect(failing).rejects.toThrow(
      `The list of zones of ${honest.endpoint} says that the API of de-fra-1 is at "${endpoint}". Signed requests go only ` +
        "to https://api-de-fra-1.exoscale.com and to the host of exoscale-ssh:endpoint, also with the name of another zone " +
        "in it, so nothing was sent there. " +
        "Somebody may be in between: check the endpoint and the proxy. If that address is right, set " +
        "exoscale-ssh:endpoint (EXOSCALE_API_ENDPOINT) to it.",
    );
    expect(foreign.received).toEqual([]);
    expect(honest.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  },
);
