/** Which test files `npm test` runs. Everything else runs in `npm run test:all` only. */

/**
 * Unit test files that are too slow for every change; all others are quick on the default guests. Their second kind of
 * guests (the project `unit-sshd`) is for `test:all` as well: what only a real sshd can show stays quick.
 */
const SLOW_UNIT_FILES = [
  // Half a minute of processor time for one key.
  "keys/rsa_8192_slow",
  // Each way into a state with each first change of the keys, over SSH to its own machine.
  "resources/first_key_change",
  // Machines that do not answer: what is said of them is said when the time is up.
  "resources/closed_port",
  "ssh/change_keys/bad_hosts",
  // Each failure of a revocation and each crash of a change, on machines of their own.
  "resources/key_revocation_safety",
  "resources/pin_host_key/interruption",
  "ssh/change_keys/repetition",
  // Every fault of every step of three machines and of other lives, and pairs of faults; one machine is quick.
  "simulation/other_lives",
  "simulation/pairs",
  "simulation/three_machines",
  // Our script in every shell, our keys in every other program.
  "ssh/host_files/shells",
  "keys/read_by_others",
  // A thousand requests of Schemathesis, in Python.
  "emulator/schemathesis",
];

/** End-to-end files that are quick: each resource through each front, and each promise of README once. */
const QUICK_E2E_FILES = [
  // Every resource from create to destroy, through both fronts.
  "lives",
  // README: a deleted key still opens the machine; `revoke` and rotation close it.
  "caveat",
  "revocation",
  "rotation",
  // README: a changed list of keys changes the running machine; the host key is known at the first login.
  "instance_keys",
  "pin_host_key",
  // README: a private key in a file and in no state; files for the OpenSSH client.
  "key_file",
  "openssh_files",
  // README: what the plugin can do and dynamic resources cannot.
  "plugin_import",
  "plugin_providers",
  // The search for secrets that ends each of these files.
  "secret_search",
];

/** End-to-end files with programs in other languages: they need SDKs and Pulumi's language hosts, which take minutes to build. */
const OTHER_LANGUAGE_FILES = ["distribution", "moving_languages", "plugin_docs_examples", "plugin_examples"];

module.exports = { SLOW_UNIT_FILES, QUICK_E2E_FILES, OTHER_LANGUAGE_FILES };
