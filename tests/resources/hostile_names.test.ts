/** Names that somebody else gave to things of the account, made for a terminal. */
import { resources } from "../../provider/resources";
import { Client } from "../emulator/world";
import { alice } from "./known_keys";
import { machine } from "./known_machine";
import { closeClouds, startCloud } from "./world";

const { SshKeyPair, Instance } = resources;
const HOSTILE = "web\x1b[2J\u202e\r\nwarning: nobody holds the key";
const SAFE_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

afterEach(closeClouds);

test.each(["warn", "revoke"] as const)(
  "with onDelete %s, the name of an instance reaches the user as a part of one line",
  async (onDelete) => {
    const cloud = await startCloud();
    const key = await cloud.run().create(SshKeyPair, { name: "deploy", publicKey: alice.line, onDelete });
    const sshKeys = [{ name: "deploy", publicKeyOpenssh: alice.line }];
    const web = await cloud.run().create(Instance, { ...machine, sshKeys });
    await new Client(cloud.emulator).settle("PUT", `/instance/${web.id.split("/").at(-1)}`, { name: HOSTILE });
    const run = cloud.run();
    const failed = await run.delete(SshKeyPair, key).then(
      () => "",
      (error: Error) => error.message,
    );
    const shown = [...run.warnings, ...run.notes, ...run.steps, ...failed.split("\n")];
    expect(shown.join("\n")).toContain("web [2J warning: nobody holds the key");
    for (const line of shown) expect(line).toMatch(SAFE_LINE);
    for (const line of shown) expect(line).not.toMatch(/^warning/);
  },
);
