/** Skips every test of a project that this machine cannot run; the project's name says why. */
Object.assign(globalThis, { describe: describe.skip, test: test.skip });
