import { type Declaration, Reference } from "./program";

/** A program in JavaScript that declares the same resources for the real engine, through the dynamic front. */
export function programText(program: readonly Declaration[]): string {
  const declarations = JSON.stringify(program, (_, value) =>
    value instanceof Reference ? { of: value.name, output: value.output } : value,
  );
  return `
    const exoscale = require("pulumi-exoscale-ssh");
    const made = {};
    const resolve = (value) => {
      if (Array.isArray(value)) return value.map(resolve);
      if (typeof value !== "object" || value === null) return value;
      if ("of" in value) return made[value.of][value.output];
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
    };
    for (const { type, name, inputs } of ${declarations}) made[name] = new exoscale[type](name, resolve(inputs));
  `;
}
