/** The required inputs of a small instance. */
export const machine = { zone: "ch-gva-2", type: "standard.tiny", template: "Linux Debian 13", diskSize: 10 };
