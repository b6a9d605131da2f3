import { systemClock } from "../../provider/exoscale/clock";

test("ends a pause with the reason of the signal that is aborted", async () => {
  const controller = new AbortController();
  const pause = systemClock.sleep(3_600_000, controller.signal);
  controller.abort(new Error("cancelled by the user"));
  await expect(pause).rejects.toThrow("cancelled by the user");
});

test("does not begin a pause under a signal that was aborted before", async () => {
  const signal = AbortSignal.abort(new Error("cancelled by the user"));
  await expect(systemClock.sleep(3_600_000, signal)).rejects.toThrow("cancelled by the user");
});
