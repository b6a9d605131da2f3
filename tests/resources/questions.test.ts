/** The pauses between questions to one host. */
import { askInTurn } from "../../provider/resources/revocation/questions";

const target = (host: string) => ({ host, port: 22, user: "debian" });
const inSeconds = (seconds: number) => Date.now() + seconds * 1000;

test.each([
  ["no connection", 0, 0.5],
  ["one connection", 1, 5.5],
  ["two connections", 2, 10.5],
])(
  "After %s without a login a host has as many pauses of five seconds",
  async (_what, withoutLogin, enough) => {
    const host = target(`host-${withoutLogin}`);
    await askInTurn(host, inSeconds(60), async () => ({ withoutLogin }));
    const asked: string[] = [];
    const ask = async () => {
      asked.push("again");
      return { withoutLogin: 0 };
    };
    if (withoutLogin > 0) await askInTurn(host, inSeconds(enough - 1), ask);
    expect(asked).toEqual([]);
    await askInTurn(host, inSeconds(enough), ask);
    expect(asked).toEqual(["again"]);
  },
  20_000,
);
