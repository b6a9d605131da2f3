/** The libraries for key formats, loaded at first use: most runs of a provider process read no key. */
export const sshpk = (): typeof import("sshpk") => require("sshpk");

/** Needed for one old format only. */
export const nodeForge = (): typeof import("node-forge") => require("node-forge");
