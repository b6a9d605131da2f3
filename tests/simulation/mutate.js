/**
 * Compiles as everywhere else, and makes one mistake in the provider: that of SIMULATION_MUTANT, by its name in
 * mutants.json. The simulation has to find it.
 */
const { join } = require("node:path");
const { createTransformer } = require("@swc/jest");

const root = join(__dirname, "..", "..");
const name = process.env["SIMULATION_MUTANT"];
const mutant = require("./mutants.json").find((each) => each.name === name);

function mutate(source, path) {
  if (path !== join(root, mutant.file)) return source;
  if (source.split(mutant.search).length !== 2)
    throw new Error(`"${name}": ${mutant.file} does not have its text once.`);
  return source.replace(mutant.search, () => mutant.replace);
}

module.exports = {
  createTransformer(options) {
    if (!mutant) throw new Error(`mutants.json has no "${name}".`);
    const inner = createTransformer(options);
    return {
      ...inner,
      process: (source, path, context) => inner.process(mutate(source, path), path, context),
      getCacheKey: (source, path, context) => inner.getCacheKey(mutate(source, path), path, context),
    };
  },
};
