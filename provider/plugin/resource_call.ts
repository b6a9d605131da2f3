import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { engineIsGone } from "../engine/alive";
import type { Properties } from "../engine/values";
import { privateKeyFiles } from "../private_key_file";
import { NO_ORGANIZATION } from "../resources/contract/identity";
import type { Context, Log } from "../resources/contract/resource";
import { PARTIAL_UPDATE_MARK, withLastInputs } from "../resources/contract/state";
import type { Naming } from "./naming";
import type { Session } from "./session";
import { type AnyResource, resourceOf, secretsOf } from "./tokens";
import { markSecrets, secretNames, unwrapSecrets } from "./values";

/** What every request about a resource has. */
export interface AboutResource {
  getUrn(): string;
  getName(): string;
  getType(): string;
  /** Seconds; only in requests that change something. */
  getTimeout?(): number;
}

/** One call of the engine about one resource: the core's resource, its context, and the conversion of values. */
export class ResourceCall {
  readonly resource: AnyResource;
  readonly context: Context;
  readonly #identity: Properties;

  /**
   * @param isCancelled whether the engine no longer waits for the answer
   * @throws Unsupported for a type that the package does not have
   */
  constructor(request: AboutResource, session: Session, log: Log, isCancelled: () => boolean) {
    const timeoutSeconds = request.getTimeout?.();
    this.resource = resourceOf(request.getType());
    this.#identity = { organization: NO_ORGANIZATION, urn: request.getUrn(), name: request.getName() };
    this.context = {
      account: session.account,
      run: session.run,
      files: privateKeyFiles,
      log,
      abandoned: async () => isCancelled() || (await engineIsGone(session.display.address ?? "")),
      // 0 if the program sets no customTimeouts.
      ...(timeoutSeconds && { timeoutSeconds }),
    };
  }

  /**
   * What the engine sent, and the identity by which the core knows the resource. No state has the identity.
   *
   * @param naming for an object that needs a name
   */
  given(struct: Struct | undefined, naming: Naming = {}): Properties {
    return { ...unwrapSecrets(struct), identity: { ...this.#identity, ...naming } };
  }

  /**
   * The last state. A field that the state lacks, or that has several equivalent forms, is taken from the last inputs.
   * After an update that failed half-way it is the state alone: those inputs say what was wanted, not what exists.
   */
  last(state: Struct | undefined, inputs: Struct | undefined): Properties {
    const [lastInputs, stored] = [this.given(inputs), this.given(state)];
    if (PARTIAL_UPDATE_MARK in stored) return stored;
    return withLastInputs(this.resource, { ...lastInputs, ...stored }, lastInputs);
  }

  /**
   * Properties for the engine, without the identity. A property is marked as a secret if the schema says so, or if it
   * came as one.
   *
   * @param given what the engine sent
   */
  markSecrets(properties: object, ...given: readonly (Struct | undefined)[]): Struct {
    const { identity: _, ...stored } = properties as Properties;
    return markSecrets(stored, [...secretsOf(this.resource), ...given.flatMap(secretNames)]);
  }
}
