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

/** What all requests about a resource say of it. */
export interface AboutResource {
  getUrn(): string;
  getName(): string;
  getType(): string;
  /** Seconds; of requests that change something. */
  getTimeout?(): number;
}

/** One call of the engine about one resource: the core's resource, and how values pass between the two. */
export class ResourceCall {
  readonly resource: AnyResource;
  readonly context: Context;
  private readonly identity: Properties;

  /** @throws Unsupported for a type that the package has not */
  constructor(request: AboutResource, session: Session, log: Log) {
    const timeoutSeconds = request.getTimeout?.();
    this.resource = resourceOf(request.getType());
    this.identity = { organization: NO_ORGANIZATION, urn: request.getUrn(), name: request.getName() };
    this.context = {
      account: session.account,
      run: session.run,
      files: privateKeyFiles,
      log,
      abandoned: () => engineIsGone(session.display.address ?? ""),
      // 0 where the program has no customTimeouts.
      ...(timeoutSeconds && { timeoutSeconds }),
    };
  }

  /**
   * What the engine sent, with the identity by which the core knows the resource, and which no state has.
   *
   * @param naming for an object that has to be given a name
   */
  given(struct: Struct | undefined, naming: Naming = {}): Properties {
    return { ...unwrapSecrets(struct), identity: { ...this.identity, ...naming } };
  }

  /**
   * The last state, with the last inputs where they say the same as the program says it now, or more. Those of an update
   * that failed half-way say what was to be, which is not what is.
   */
  last(state: Struct | undefined, inputs: Struct | undefined): Properties {
    const [said, held] = [this.given(inputs), this.given(state)];
    return PARTIAL_UPDATE_MARK in held ? held : withLastInputs(this.resource, { ...said, ...held }, said);
  }

  /**
   * What goes back, without the identity, secrets sealed: what the schema calls one, and what was one when it came.
   *
   * @param given what it follows from
   */
  answer(properties: object, ...given: readonly (Struct | undefined)[]): Struct {
    const { identity: _, ...stored } = properties as Properties;
    return markSecrets(stored, [...secretsOf(this.resource), ...given.flatMap(secretNames)]);
  }
}
