import type * as pulumi from "@pulumi/pulumi";
import { type Account, openAccount, type ReadSetting } from "../account";
import { engineIsGone } from "../engine/alive";
import { NotInAccountError } from "../errors";
import { privateKeyFiles } from "../private_key_file";
import { check } from "../resources/contract/check";
import type { PreviewedFields } from "../resources/contract/description";
import { diff } from "../resources/contract/diff";
import type { Diff, Log, Resource } from "../resources/contract/resource";
import { Run } from "../resources/contract/run";
import { lastState } from "../resources/contract/state";
import { update } from "../resources/contract/update";
import { withPartialCreate, withPartialUpdate, withShownErrors } from "./shown_errors";
import { fromEngine, type Properties, providerKey, toEngine } from "./values";

/** A resource of the core as Pulumi's protocol for dynamic providers wants it. Knows no resource by name. */
export type DynamicProvider = Required<pulumi.dynamic.ResourceProvider<Properties, Properties>>;

/** The engine configures before anything else; without it there still are the EXOSCALE_* variables. */
let readSetting: ReadSetting = () => undefined;
let account: Account | undefined;
/** A process of dynamic resources serves one run. */
const run = new Run();

/** Lines end up under the stack in Pulumi's output, and stay there. */
const log: Log = {
  info: (message) => console.log(message),
  warn: (message) => console.error(`warning: ${message}`),
  // Pulumi shows no passing line of a dynamic provider.
  progress: () => {},
};

/** One account for all resources of a run: one configuration, one set of connections, one catalogue. */
function openConfiguredAccount(): Account {
  account ??= openAccount(readSetting, { log: log.info });
  return account;
}

/** Puts a resource of the core behind the methods of a dynamic provider. */
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
    // Nothing here waits: Pulumi starts other methods while a configure is still under way.
    configure: withShownErrors(async ({ config }) => {
      readSetting = (name) => config.get(`exoscale-ssh:${name}`);
      openConfiguredAccount();
    }),

    check: withShownErrors(async (olds, news) => {
      const last = fromEngine(olds);
      const checked = await check(resource, fromEngine(news), isEmpty(last) ? undefined : last, context());
      return { inputs: toEngine(checked.inputs), failures: [...checked.failures] };
    }),

    diff: withShownErrors(async (_id, olds, news) => {
      const inputs = fromEngine(news) as PreviewedFields<Inputs>;
      const found = await diff(resource, fromEngine(olds) as State, inputs, context());
      // A state of the plugin has no text of a provider, without which Pulumi could neither refresh nor destroy it here.
      return diffResult(providerKey in olds ? found : { ...found, drifted: true });
    }),

    create: withPartialCreate(async (news) => {
      const { id, state } = await resource.create(fromEngine(news) as Inputs, context());
      return { id, outs: toEngine(state) };
    }),

    read: withShownErrors(async (id, properties = {}) => {
      const last = lastState<State>(resource, fromEngine(properties));
      const found = await resource.read(id, last, context());
      if (found) return { id: found.id, props: toEngine(found.state), inputs: toEngine(found.inputs) };
      // An empty answer drops the resource from the state. For a resource that a program gets by its id it would pass
      // for one that exists.
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
 * `changes: undefined` lets the engine compute the details and honour replaceOnChanges; it then looks at the inputs
 * only, so that a drift of the object itself has to be said outright.
 */
function diffResult({ changes, replaces, deleteBeforeReplace, drifted }: Diff): pulumi.dynamic.DiffResult {
  if (changes.length === 0 && replaces.length === 0 && !drifted) return { changes: false };
  return { ...(drifted && { changes: true }), replaces: [...replaces], deleteBeforeReplace };
}

function isEmpty(properties: Properties): boolean {
  return Object.keys(properties).every((name) => name === providerKey);
}
