/** The changes that the simulation makes on its model of a machine, on real ones. */

import { describeGuests } from "../../emulator/guest_kinds";
import { closeAll } from "../../emulator/world";
import { endOf, hostCases, keys, withKeys } from "../../simulation/host_cases";
import { Host } from "./host";

afterAll(closeAll);

describeGuests((guests) => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start(guests);
  });

  test.each(hostCases)("$name", async ({ after, getsIn, ends, ...given }) => {
    const { debian, root = "" } = given;
    await host.guest.writeAuthorizedKeys(withKeys(debian));
    await host.guest.writeAuthorizedKeys(withKeys(root), "root");
    const access = host.access(
      given.logIn.map((name) => keys[name]),
      given.isOtherHost ? { knownHostKeys: [keys.carol.publicKey] } : {},
    );
    expect(await endOf(host.change(access, given.change))).toBe(ends);
    const files = [await host.guest.authorizedKeys(), await host.guest.authorizedKeys("root")];
    expect(files).toEqual([after?.debian ?? debian, after?.root ?? root].map(withKeys));
    const answers = await Promise.all(
      Object.entries(keys).map(async ([name, key]) => [name, await host.accepts(key)] as const),
    );
    expect(answers.filter(([, answer]) => answer === "yes").map(([name]) => name)).toEqual(getsIn);
  });
});
