/** The emulator as it is not assumed to be: another value of every switch, for a second run of the end-to-end tests. */
import type { Settings } from "../emulator";

/** Where a switch has several other values, the one that is hardest on a client. */
export const OTHER_ANSWERS: Settings = {
  deletedKeys: "dropped",
  duplicateMaterial: "refused",
  namesOfOneKey: "first",
  duplicateName: 400,
  ecdsaKeys: "refused",
  securityKeys: "accepted",
  smallestRsa: 3072,
  unknownKeyAtCreate: 409,
  keysWithoutSupport: "refused",
  keysInLists: "hidden",
  protectedStop: "refused",
  privateSwitch: "refused",
  familyChange: "refused",
  groupInUse: 412,
  unrecordedBodies: "empty",
  // Many tests talk to one emulator: enough for all of them, and sometimes not.
  requestsPerSecond: 50,
  longestExpiry: 600,
  clockAhead: 60,
  denied: ["GET /zone"],
  instanceQuota: 20,
  closedPort: "silent",
  clientAddress: "203.0.113.4",
};
