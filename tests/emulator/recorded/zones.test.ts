/** The recorded behaviour of the list of zones, which is the only route without a signature. */
import { Client, closeAll, start } from "../world";

afterEach(closeAll);

const zoneNames = ["ch-gva-2", "at-vie-1"];

describe("recorded on the wire:", () => {
  test("a zone has a name, two endpoints, and an id that is not in the document", async () => {
    const { client } = await start({ guests: "none", zones: zoneNames });
    const { zones } = await client.get("/zone");
    expect(zones.map(({ name }: { name: string }) => name)).toEqual(zoneNames);
    expect(Object.keys(zones[0]).sort()).toEqual(["api-endpoint", "id", "name", "sos-endpoint"]);
  });

  test("endpoints are absolute, and are those of the emulator", async () => {
    const { emulator, client } = await start({ guests: "none", zones: zoneNames });
    const { zones } = await client.get("/zone");
    expect(zones[0]["api-endpoint"]).toBe(emulator.endpoint);
    expect(zones[1]["api-endpoint"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v2$/);
    expect((await new Client(emulator, zones[1]["api-endpoint"]).get("/zone")).zones).toEqual(zones);
  });
});

describe("from what clients do:", () => {
  test("a request for zones needs no signature", async () => {
    const { emulator } = await start({ guests: "none" });
    expect((await fetch(`${emulator.endpoint}/zone`)).status).toBe(200);
  });

  test("a signed request of a restricted key is refused, and an unsigned one is not", async () => {
    const { emulator, client } = await start({ guests: "none", settings: { denied: ["GET /zone"] } });
    expect((await client.send("GET", "/zone")).status).toBe(403);
    expect((await fetch(`${emulator.endpoint}/zone`)).status).toBe(200);
  });

  test("an invalid signature is refused also where none is needed", async () => {
    const { emulator } = await start({ guests: "none" });
    const headers = { authorization: "EXO2-HMAC-SHA256 credential=EXOnobody,expires=1,signature=AAAA" };
    expect((await fetch(`${emulator.endpoint}/zone`, { headers })).status).toBe(403);
  });
});
