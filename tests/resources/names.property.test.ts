import { constantFrom, oneof, option, string } from "fast-check";
import { resources } from "../../provider/resources";
import { check } from "../../provider/resources/contract/check";
import { autoName, isGenerated, type Named, withName } from "../../provider/resources/contract/identity";
import type { Resource } from "../../provider/resources/contract/resource";
import { property } from "../properties";
import { unnamedMachine } from "./known_machine";
import { closeClouds, startCloud, type TestCloud } from "./world";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(closeClouds);

/** Exoscale's rule for SSH keys. Instances and groups may have other names of up to 255 characters. */
const KEY_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}$/;

const anyName = oneof(
  string({ unit: "binary", maxLength: 30 }),
  string({ minLength: 240, maxLength: 300 }),
  string({ unit: "grapheme", maxLength: 10 }),
  constantFrom("alice", "", "-", "..", "a/b", "__proto__", "x".repeat(255), "x".repeat(256), "\u{1f511}".repeat(128)),
);

property("A generated name fits each resource, is new each time, and is recognized", 1000, [anyName], (logicalName) => {
  const [one, other] = [autoName(logicalName), autoName(logicalName)];
  expect(one).toMatch(KEY_NAME);
  expect(one).not.toBe(other);
  expect(isGenerated(one, logicalName)).toBe(true);
});

property(
  "A name is kept once it was generated, whatever the stack's configuration proposes later",
  500,
  [anyName, option(anyName, { nil: undefined })],
  (name, proposal) => {
    const identity = { organization: "o", urn: "u", name };
    const first = withName<Named>({ identity }, undefined);
    const proposedName = proposal === name ? undefined : proposal;
    const later = withName({ identity: { ...identity, ...(proposedName !== undefined && { proposedName }) } }, first);
    expect(later).toMatchObject({ name: first.name, autoNamed: true });
  },
);

const types = constantFrom("SshKeyPair" as const, "Instance" as const, "SecurityGroup" as const);

property(
  "A name that a program or the stack's configuration gives is taken by the API, or refused at `name`",
  300,
  [types, anyName, constantFrom("program", "configuration")],
  async (type, name, by) => {
    // The check of every resource takes any inputs.
    const resource = resources[type] as unknown as Resource<object, object>;
    const identity = { organization: "o", urn: "u", name: "alice", proposedName: name };
    const given = by === "program" ? { name } : { identity };
    const { inputs, failures } = await check(
      resource,
      { ...(type === "Instance" && unnamedMachine), ...given },
      undefined,
      cloud.run(),
    );
    expect(failures.filter(({ property }) => property !== "name")).toEqual([]);
    if (failures.length === 0) expect(inputs["name"]).toMatch(type === "SshKeyPair" ? KEY_NAME : /^.{1,255}$/su);
  },
);
