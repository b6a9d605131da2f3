import schema from "../../schema.json";
import { describeError } from "./errors";
import { serve } from "./server";
import { coreCalls } from "./service";

/**
 * The program `pulumi-resource-exoscale-ssh`. The engine gives it its address, among options that it gives to every
 * plugin, and waits for a line with the port that the plugin listens on.
 */
const engine = process.argv.slice(2).find((argument) => /^[\w.-]+:\d+$/.test(argument));

// An error that nobody waits for must not take along what else is under way: a machine that is being made would be lost.
process.on("unhandledRejection", (error) => console.error(describeError(error)));
process.on("uncaughtException", (error) => console.error(describeError(error)));

serve(engine, schema).then(
  ({ port }) => {
    console.log(port);
    // Once the port is on its way: the engine takes its time to connect.
    setImmediate(coreCalls);
  },
  (error: unknown) => {
    console.error(`pulumi-resource-exoscale-ssh cannot listen on loopback: ${error}`);
    process.exit(1);
  },
);
