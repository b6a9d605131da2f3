import type * as pulumi from "@pulumi/pulumi";
import { type Account, openAccount, type ReadSetting } from "../account";
import { engineIsGone } from "../engine/alive";
import { onClose } from "../engine/closing";
import { NotInAccountError } from "../errors";
import { withoutInvisible } from "../errors/printable";
import { privateKeyFiles } from "../private_key_file";
import { check } from "../resources/contract/check";
import type { PreviewedFields } from "../resources/contract/description";
import { diff } from "../resources/contract/diff";
import type { CheckFailure, Diff, Log, Resource } from "../resources/contract/resource";
import { Run } from "../resources/contract/run";
import { lastState } from "../resources/contract/state";
import { update } from "../resources/contract/update";
import { withPartialCreate, withPartialUpdate, withShownErrors } from "./shown_errors";
import { fromEngine, PROVIDER_KEY, type Properties, toEngine } from "./values";

/** A resource of the core in Pulumi's protocol for dynamic providers. Knows no resource by name. */
export type DynamicProvider = Required<pulumi.dynamic.ResourceProvider<Properties, Properties>>;

/** The engine configures first. Without a configuration the EXOSCALE_* variables apply. */
let readSetting: ReadSetting = () => undefined;
let account: Account | undefined;
/** A process of dynamic resources serves one run. */
const run = new Run();
/** Whether this process does something more when the engine closes it. */
let finishes = false;

/** Pulumi shows these lines below the stack, permanently. */
const log: Log = {
  info: (message) => console.log(withoutInvisible(message)),
  warn: (message) => console.error(`warning: ${withoutInvisible(message)}`),
  // Pulumi shows no ephemeral line of a dynamic provider.
  progress: () => {},
};

/** One account for all resources of a run: they share the configuration, the connections and the catalogues. */
function openConfiguredAccount(): Account {
  account ??= openAccount(readSetting, { log: log.info });
  return account;
}

/** Lets this process do what remains of the run when the engine closes it. Pulumi's own process would just end. */
function finishOnClose(): void {
  if (finishes || run.onceSaved.size === 0) return;
  finishes = true;
  onClose(() => run.finish(openConfiguredAccount()));
}

/** A dynamic provider whose methods call a resource of the core. */
export function dynamicProvider<Inputs extends object, State extends object>(
  resource: Resource<Inputs, State>,
): DynamicProvider {
  const context = () => ({
    account: openConfiguredAccount(),
    run,
    files: privateKeyFiles,
    log,
    abandoned: () => engineIsGone(),
  });
  return {
    // Nothing here awaits: Pulumi calls other methods before a configure has ended.
    configure: withShownErrors(async ({ config }) => {
      readSetting = (name) => config.get(`exoscale-ssh:${name}`);
      openConfiguredAccount();
    }),

    check: withShownErrors(async (olds, news) => {
      const last = fromEngine(olds);
      const checked = await check(resource, fromEngine(news), isEmpty(last) ? undefined : last, context());
      return { inputs: toEngine(checked.inputs), failures: checked.failures.map(toShownFailure) };
    }),

    diff: withShownErrors(async (_id, olds, news) => {
      const inputs = fromEngine(news) as PreviewedFields<Inputs>;
      const result = await diff(resource, fromEngine(olds) as State, inputs, context());
      // A state of the plugin has no provider text. Without the text Pulumi could not refresh or destroy the resource.
      return toDiffResult(PROVIDER_KEY in olds ? result : { ...result, drifted: true });
    }),

    create: withPartialCreate(async (news) => {
      const { id, state } = await resource.create(fromEngine(news) as Inputs, context());
      finishOnClose();
      return { id, outs: toEngine(state) };
    }),

    read: withShownErrors(async (id, properties = {}) => {
      const last = lastState<State>(resource, fromEngine(properties));
      const found = await resource.read(id, last, context());
      if (found) return { id: found.id, props: toEngine(found.state), inputs: toEngine(found.inputs) };
      // An empty answer drops the resource from the state. But Pulumi would treat it as an existing object if the program
      // gets the resource by its id.
      if (last) return {};
      throw new NotInAccountError(`The account has no ${resource.name} with the id "${id}".`);
    }),

    update: withPartialUpdate(async (id, olds, news) => {
      const state = await update(resource, id, fromEngine(olds) as State, fromEngine(news) as Inputs, context());
      return { outs: toEngine(state) };
    }),

    delete: withShownErrors(async (id, properties) => {
      await resource.delete(id, fromEngine(properties) as State, context());
    }),
  };
}

/**
 * Without `changes` the engine computes the details and applies replaceOnChanges. It then compares the inputs only, so a
 * drift of the object needs `changes: true`.
 */
function toDiffResult({ changes, replaces, deleteBeforeReplace, drifted }: Diff): pulumi.dynamic.DiffResult {
  if (changes.length === 0 && replaces.length === 0 && !drifted) return { changes: false };
  return { ...(drifted && { changes: true }), replaces: [...replaces], deleteBeforeReplace };
}

function toShownFailure({ property, reason }: CheckFailure): CheckFailure {
  return { property, reason: withoutInvisible(reason) };
}

function isEmpty(properties: Properties): boolean {
  return Object.keys(properties).every((name) => name === PROVIDER_KEY);
}
