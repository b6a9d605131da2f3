import schema from "../../schema.json";
import { onClose } from "../engine/closing";
import { describeError } from "./errors";
import { serve } from "./server";
import { loadCoreCalls } from "./service";

/**
 * The program `pulumi-resource-exoscale-ssh`. The engine passes its own address among the options that every plugin
 * gets, and waits for a line with the port that the plugin listens on.
 */
const engine = process.argv.slice(2).find((argument) => /^[\w.-]+:\d+$/.test(argument));

// An unhandled error must not end the process while other calls run: an instance that is being created would be lost.
process.on("unhandledRejection", (error) => console.error(describeError(error)));
process.on("uncaughtException", (error) => console.error(describeError(error)));

serve(engine, schema).then(
  ({ port, finish }) => {
    onClose(finish);
    console.log(port);
    // After the port is printed: the engine needs some time to connect.
    setImmediate(loadCoreCalls);
  },
  (error: unknown) => {
    console.error(`pulumi-resource-exoscale-ssh cannot listen on 127.0.0.1: ${error}`);
    process.exit(1);
  },
);
