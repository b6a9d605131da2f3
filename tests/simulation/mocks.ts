/**
 * What is simulated: time, chance, connections, and what is done over them. A test file imports this first: jest replaces
 * modules before they are loaded.
 */
/** jest lets mocks use a function of this prefix, and they are made before the imports run. */
function mockPresent() {
  return jest.requireActual<typeof import("./simulated_world")>("./simulated_world").present;
}

jest.mock("node:timers/promises", () => ({
  ...jest.requireActual<object>("node:timers/promises"),
  setTimeout: (...given: [number]) => mockPresent().time.wait(...given),
}));
/** Nothing here takes real time: what Node does on other threads is done at once. */
jest.mock("node:crypto", () => {
  const { promisify } = jest.requireActual<typeof import("node:util")>("node:util");
  const real = jest.requireActual<typeof import("node:crypto")>("node:crypto");
  const generateKeyPair = Object.assign(() => undefined, {
    [promisify.custom]: async () => ({ privateKey: mockPresent().chance.privateKey() }),
  });
  return {
    ...real,
    generateKeyPair,
    randomBytes: (length: number) => mockPresent().chance.bytes(length),
    randomUUID: () => mockPresent().chance.uuid(),
  };
});

function mockMachines() {
  const { machines } = mockPresent();
  if (!machines) throw new Error("There are no machines.");
  return machines;
}

/** Connections, and what is done over them, are simulated. */
jest.mock("../../provider/ssh/connection/dial", () => ({
  dial: (...given: [never, never]) => mockMachines().dial(...given),
}));
jest.mock("../../provider/ssh/connection/handshake", () => ({ closeConnection: () => undefined }));
jest.mock("../../provider/ssh/connection/session", () => {
  const hosts = () => jest.requireActual<typeof import("./simulated_hosts")>("./simulated_hosts");
  return {
    Session: new Proxy(class {}, { construct: (_, [check, opened]) => new (hosts().SimulatedSession)(check, opened) }),
  };
});
jest.mock("../../provider/ssh/host_files/inspect_host", () => ({
  inspectHost: (...given: [never, never, never]) => mockMachines().inspect(...given),
}));
jest.mock("../../provider/ssh/host_files/read", () => ({
  ...jest.requireActual<object>("../../provider/ssh/host_files/read"),
  readHostFiles: (...given: [never, never, never, never]) => mockMachines().read(...given),
}));
jest.mock("../../provider/ssh/host_files/replace_file", () => ({
  replaceFileAtomically: (...given: [never, never, never, never, never, never]) => mockMachines().replace(...given),
}));
jest.mock("../../provider/ssh/host_files/run_script", () => ({
  ...jest.requireActual<object>("../../provider/ssh/host_files/run_script"),
  checkShell: (...given: [never]) => mockMachines().check(...given),
}));

export {};
