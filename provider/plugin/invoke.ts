import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { InvalidArgumentError } from "../errors";
import { callFunction } from "../resources/functions/function";
import { toCheckFailure } from "./errors";
import type { Session } from "./session";
import { functionOf } from "./tokens";
import { markSecrets, secretNames, unwrapSecrets } from "./values";

/** Answers a function such as `exoscale-ssh:index:getTemplate`. */
export async function invoke(request: InvokeRequest, session: Session): Promise<InvokeResponse> {
  const response = new InvokeResponse();
  try {
    const answer = await callFunction(functionOf(request.getTok()), unwrapSecrets(request.getArgs()), session.account);
    // The answer may contain a secret argument.
    const secrets = secretNames(request.getArgs()).length > 0 ? Object.keys(answer as object) : [];
    response.setReturn(markSecrets(answer as object, secrets));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    response.addFailures(toCheckFailure({ property: "", reason: error.message }));
  }
  return response;
}
