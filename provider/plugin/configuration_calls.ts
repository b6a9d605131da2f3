import {
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type DiffRequest,
  DiffResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Change } from "./changed_paths";
import { changedSettings, checkSettings, secretSettings } from "./configuration";
import { toPropertyDiff } from "./diff_response";
import { toCheckFailure } from "./errors";
import type { Session } from "./session";
import { markSecrets, secretNames, unwrapSecrets } from "./values";

/** Checks the provider's settings, and marks the secret ones as secrets for the engine. */
export async function checkConfig(request: CheckRequest): Promise<CheckResponse> {
  const given = unwrapSecrets(request.getNews());
  const response = new CheckResponse();
  const secrets = [...secretSettings, ...secretNames(request.getNews())];
  response.setInputs(markSecrets(given, secrets));
  const failures = (await checkSettings(given)).map(({ property, reason }) => ({
    // The engine prints the value of a property that a failure names. Every reason names its setting itself.
    property: secrets.includes(property) ? "" : property,
    reason,
  }));
  response.setFailuresList(failures.map(toCheckFailure));
  return response;
}

/** Changed settings are another way to reach the same objects, so they replace nothing. */
export function diffConfig(request: DiffRequest): DiffResponse {
  const [olds, news] = [unwrapSecrets(request.getOldInputs() ?? request.getOlds()), unwrapSecrets(request.getNews())];
  const changes = changedSettings(olds, news);
  const response = new DiffResponse();
  response.setChanges(changes.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setDiffsList(changes);
  response.setHasdetaileddiff(true);
  for (const name of changes) {
    response.getDetaileddiffMap().set(name, toPropertyDiff(changeOf(olds[name], news[name])));
  }
  return response;
}

function changeOf(last: unknown, next: unknown): Change {
  if (last === undefined) return "add";
  return next === undefined ? "delete" : "update";
}

/** Begins an operation of the engine with the settings. */
export function configure(request: ConfigureRequest, session: Session): ConfigureResponse {
  session.configure(request.getArgs());
  const response = new ConfigureResponse();
  response.setSupportspreview(true);
  // Secrets arrive with their mark, so that no message shows them.
  response.setAcceptsecrets(true);
  response.setAcceptresources(false);
  response.setAcceptoutputs(false);
  response.setSupportsAutonamingConfiguration(true);
  return response;
}
