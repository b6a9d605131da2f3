/** The inputs of a small instance, for tests to change one thing of. */
export const machine = {
  zone: "ch-gva-2",
  name: "web",
  type: "standard.tiny",
  template: "Linux Debian 13",
  diskSize: 10,
};
