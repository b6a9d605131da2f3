import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { engineIsGone } from "../../provider/engine/alive";

describe("The engine that started a plugin", () => {
  test("runs while it listens, and is gone when its port is closed", async () => {
    const engine = createServer().listen(0, "127.0.0.1");
    await once(engine, "listening");
    const address = `127.0.0.1:${(engine.address() as AddressInfo).port}`;
    expect(await engineIsGone(address)).toBe(false);
    engine.close();
    expect(await engineIsGone(address)).toBe(true);
  });

  test.each(["no engine", "", "-w", "example.com:443", "127.0.0.1"])(
    "counts as running if its address is %p",
    async (text) => {
      expect(await engineIsGone(text)).toBe(false);
    },
  );
});
