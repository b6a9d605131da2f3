/** The inputs of a small instance, for tests to change one thing of. */

/** Without a name, so that it is generated. */
export const unnamedMachine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };

/** With a name. */
export const machine = { ...unnamedMachine, name: "web" };

/** The hidden input by which the engine identifies the resource `web`. */
export const identity = { organization: "acme", urn: "urn:pulumi:prod::shop::web", name: "web" };
