import { array, constantFrom, ipV4, ipV6, nat, oneof, sample, string, tuple } from "fast-check";
import { whyPatternsMatchNobody } from "../../../provider/ssh/authorized_keys/from_patterns";
import { checkLineOptions } from "../../../provider/ssh/authorized_keys/options";
import { property, settings } from "../../properties";
import { describeWithSshd } from "../openssh_server";
import { type AskedSshd, startAskedSshd } from "./asked_sshd";
import { alice, bare } from "./keys";

const address = oneof(
  ipV4(),
  ipV6(),
  constantFrom("::", "0.0.0.0", "::ffff:10.0.0.0", "2001:db8::", "fe80::1%lo", "10.0.0.0"),
);
const network = tuple(address, nat(140)).map(([ip, length]) => `${ip}/${length}`);
const name = oneof(
  constantFrom("*", "*.example.com", "host?", "db-1", "host_1", "", "1.2.3", "127.0.0.1/", "/8", "a b"),
  string({ maxLength: 4 }),
);
const lists = array(oneof(address, network, name), { minLength: 1, maxLength: 4 }).map((patterns) => patterns.join());

property("Any list is good, or is refused with a reason", 3000, [oneof(lists, string({ unit: "binary" }))], (list) => {
  expect(whyPatternsMatchNobody(list) ?? "good").toMatch(/./);
});

/** As many lists as one connection can answer about. */
const PER_CONNECTION = 500;

describeWithSshd("A real OpenSSH sshd", () => {
  let sshd: AskedSshd;
  beforeAll(async () => {
    sshd = await startAskedSshd();
  });
  afterAll(() => sshd.close());

  test("lets in a client whose address is in a list that we call good, whatever else is in it", async () => {
    const good = sample(lists, settings(400))
      .map((list) => `from="${list},127.0.0.1"`)
      .filter((option) => !option.includes("!") && checkLineOptions([option]) === undefined);
    expect(good.length).toBeGreaterThan(20);
    for (let at = 0; at < good.length; at += PER_CONNECTION) {
      const some = good.slice(at, at + PER_CONNECTION);
      const answers = await sshd.accepted(some.map(fileWith), [alice]);
      expect(some.filter((_option, index) => answers[index]?.length === 0)).toEqual([]);
    }
  }, 600_000);
});

function fileWith(option: string): Buffer {
  return Buffer.from(`${option} ${bare(alice)}\n`);
}
