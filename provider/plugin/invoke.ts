import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { InvalidArgumentError } from "../errors";
import { call } from "../resources/functions/function";
import { asFailure } from "./check_failure";
import type { Session } from "./session";
import { functionOf } from "./subject";
import { opened, sealed, secretNames } from "./values";

/** Answers a function such as `exoscale-ssh:index:getTemplate`. */
export async function invoke(request: InvokeRequest, session: Session): Promise<InvokeResponse> {
  const response = new InvokeResponse();
  try {
    const answer = await call(functionOf(request.getTok()), opened(request.getArgs()), session.account);
    // What was asked with a secret may tell it.
    const secrets = secretNames(request.getArgs()).length > 0 ? Object.keys(answer as object) : [];
    response.setReturn(sealed(answer as object, secrets));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    response.addFailures(asFailure({ property: "", reason: error.message }));
  }
  return response;
}
