/** A small, realistic catalogue. Ids are Exoscale's own or derived from names, so they are the same in every run. */
import { createHash } from "node:crypto";
import type { InstanceTypeRecord, TemplateRecord } from "./records";

const GIB = 1024 ** 3;

/** A UUID that depends on this text only. */
export function stableId(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

const sizes: ReadonlyArray<readonly [size: string, cpus: number, gib: number]> = [
  ["tiny", 1, 1],
  ["small", 2, 2],
  ["medium", 2, 4],
  ["large", 4, 8],
  ["extra-large", 4, 16],
  ["huge", 8, 32],
];

/** The public ids of Exoscale's own types, as programs have them written down. */
const publicIds: Readonly<Record<string, string>> = {
  "standard.micro": "71004023-bb72-4a97-b1e9-bc66dfce9470",
  "standard.tiny": "b6cd1ff5-3a2f-4e9d-a4d1-8988c1191fe8",
  "standard.small": "21624abb-764e-4def-81d7-9fc54b5957fb",
  "standard.medium": "b6e9d1e8-89fc-4db3-aaa4-9b4c5b1d0844",
  "standard.large": "c6f99499-7f59-4138-9427-a09db13af2bc",
};

const type = (family: string, size: string, cpus: number, gib: number): InstanceTypeRecord => ({
  id: publicIds[`${family}.${size}`] ?? stableId(`instance-type ${family}.${size}`),
  family,
  size,
  cpus,
  memory: gib * GIB,
  authorized: family !== "gpu2",
});

/** The types of every zone. GPU types need an authorization, as on the real API. */
export const instanceTypes: readonly InstanceTypeRecord[] = [
  type("standard", "micro", 1, 0.5),
  ...sizes.map(([size, cpus, gib]) => type("standard", size, cpus, gib)),
  ...sizes.slice(2).map(([size, cpus, gib]) => type("cpu", size, cpus * 2, gib)),
  ...sizes.slice(2).map(([size, cpus, gib]) => type("memory", size, cpus, gib * 2)),
  { ...type("gpu2", "small", 12, 56), gpus: 1 },
];

const templates: ReadonlyArray<Partial<TemplateRecord> & Pick<TemplateRecord, "name" | "family" | "version">> = [
  { name: "Linux Debian 13 (Trixie) 64-bit", family: "Linux Debian", version: "13", defaultUser: "debian" },
  { name: "Linux Debian 12 (Bookworm) 64-bit", family: "Linux Debian", version: "12", defaultUser: "debian" },
  { name: "Linux Ubuntu 24.04 LTS 64-bit", family: "Linux Ubuntu", version: "24.04", defaultUser: "ubuntu" },
  { name: "Linux Ubuntu 22.04 LTS 64-bit", family: "Linux Ubuntu", version: "22.04", defaultUser: "ubuntu" },
  { name: "Rocky Linux 9 (Blue Onyx) 64-bit", family: "Linux Rocky", version: "9", defaultUser: "rockylinux" },
  {
    name: "Windows Server 2022",
    family: "Windows Server",
    version: "2022",
    defaultUser: "Administrator",
    size: 50 * GIB,
    sshKeyEnabled: false,
  },
  {
    name: "golden-image",
    family: "Custom",
    version: "1",
    defaultUser: "debian",
    size: 20 * GIB,
    visibility: "private",
  },
];

/** The templates of one zone. Their ids differ between zones, as on the real API. */
export function templatesOf(zone: string): TemplateRecord[] {
  return templates.map((template) => ({
    defaultUser: "root",
    visibility: "public",
    size: 10 * GIB,
    sshKeyEnabled: true,
    ...template,
    id: stableId(`template ${zone} ${template.name}`),
  }));
}
