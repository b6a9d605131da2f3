import type { Template } from "../../provider/account";
import { resources } from "../../provider/resources";
import { chooseTemplate, chooseType } from "../../provider/resources/instance/zone_catalogue";
import { machine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

async function chosen(wanted: string) {
  const zone = await cloud.run().account.zone("ch-gva-2");
  return (await chooseTemplate(zone, wanted)).name;
}

describe("A template is chosen", () => {
  test.each([
    ["its whole name", "Linux Debian 13 (Trixie) 64-bit"],
    ["the beginning of its name", "Linux Debian 13"],
    ["its name in another letter case", "linux debian 13"],
  ])("by %s", async (_what, wanted) => {
    expect(await chosen(wanted)).toBe("Linux Debian 13 (Trixie) 64-bit");
  });

  test("by its id, which is another one in each zone", async () => {
    const run = cloud.run();
    const [geneva, frankfurt] = [await run.account.zone("ch-gva-2"), await run.account.zone("de-fra-1")];
    const { id } = await chooseTemplate(geneva, "Linux Debian 13");
    expect((await chooseTemplate(geneva, id)).name).toBe("Linux Debian 13 (Trixie) 64-bit");
    await expect(chooseTemplate(frankfurt, id)).rejects.toThrow(`There is no template "${id}" in de-fra-1.`);
  });

  test("never by an id of another zone, and the error names that zone", async () => {
    const run = cloud.run();
    const { id } = await chooseTemplate(await run.account.zone("de-fra-1"), "golden-image");
    const news = { ...machine, template: id, diskSize: 20 };
    expect(await run.failures(resources.Instance, news)).toEqual([
      `template: Template "${id}" is "golden-image" in de-fra-1, not in ch-gva-2: a template has another id in each ` +
        "zone. Give its name, or its id in ch-gva-2.",
    ]);
  });

  test("never by an id that no zone has, even if a zone does not answer", async () => {
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    const news = { ...machine, template: id, diskSize: 20 };
    const refusal = expect.stringMatching(`^template: There is no template "${id}" in ch-gva-2`);
    expect(await cloud.run().failures(resources.Instance, news)).toEqual([refusal]);
    const run = cloud.run();
    await (await run.account.zone("ch-gva-2")).templates();
    cloud.emulator.faults.add({ kind: "status", status: 403, path: "/template", times: 2 });
    expect(await run.failures(resources.Instance, news)).toEqual([refusal]);
  });

  test("among the account's own templates too", async () => {
    expect(await chosen("golden-image")).toBe("golden-image");
  });

  test("never by a beginning that several names have, and the error lists them", async () => {
    await expect(chosen("Linux Ubuntu")).rejects.toThrow(
      'Several templates in ch-gva-2 begin with "Linux Ubuntu": Linux Ubuntu 22.04 LTS 64-bit; Linux Ubuntu 24.04 LTS ' +
        "64-bit. Give the whole name, or the id.",
    );
  });

  test("never by a beginning that ends within a word", async () => {
    await expect(chosen("Linux Debian 1")).rejects.toThrow('There is no template "Linux Debian 1" in ch-gva-2.');
  });
});

test("A type is chosen by family and size, in any letter case", async () => {
  const zone = await cloud.run().account.zone("ch-gva-2");
  expect(await chooseType(zone, "Standard.Tiny")).toMatchObject({ family: "standard", size: "tiny" });
});

test("Another letter case of the type is no change", async () => {
  const run = cloud.run();
  const last = await run.create(resources.Instance, machine);
  expect((await run.diff(resources.Instance, last, { ...machine, type: "Standard.Tiny" })).changes).toEqual([]);
});

describe("Of several templates with one name", () => {
  const build = (id: string, year: number, visibility: "public" | "private" = "public") =>
    ({ id, name: "Debian", "created-at": `${year}-01-01`, visibility }) as const;
  const chosen = async (...listed: Template[]) =>
    (
      await chooseTemplate(
        { name: "ch-gva-2", templates: async () => listed, template: async () => undefined },
        "Debian",
      )
    ).id;

  test("an id chooses its own, even if that is private or no longer listed", async () => {
    const own = { ...build("01234567-89ab-cdef-0123-456789abcdef", 2024, "private"), name: "Debian" };
    const zone = { name: "ch-gva-2", templates: async () => [build("a", 2026)], template: async () => own };
    expect(await chooseTemplate(zone, own.id.toUpperCase())).toBe(own);
  });

  test("the newest is chosen", async () => {
    const ubuntu = { ...build("d", 2027), name: "Ubuntu" };
    expect(await chosen(build("a", 2024), build("b", 2026), build("c", 2025), ubuntu)).toBe("b");
  });

  test("Exoscale's own goes before the account's, which is chosen if it is the only one", async () => {
    expect(await chosen(build("a", 2024), build("own", 2026, "private"))).toBe("a");
    expect(await chosen(build("own", 2026, "private"))).toBe("own");
  });
});
