import type { Account } from "../../../account";
import { credentialsOf } from "../../access/credentials";
import { isGiven, known, type PreviewedFields, UNKNOWN } from "../../contract/description";
import type { CheckFailure, OldInputs } from "../../contract/resource";
import type { InstanceInputs } from "../fields";
import { encodeUserData, MAX_USER_DATA_LENGTH } from "../user_data";
import { isForCloudInit, setsHostKeys, unpackUserData } from "./cloud_init";
import { generateInjectedKey, withInjectedKey } from "./injection";

type Inputs = PreviewedFields<InstanceInputs>;

const PROPERTY = "pinHostKey";

/** The reasons why the host key of a new instance cannot be pinned. None for an existing one, which is not touched. */
export function validatePinHostKey(inputs: Inputs, olds: OldInputs<InstanceInputs>): CheckFailure[] {
  if (inputs.pinHostKey !== true || olds) return [];
  return [...connectionUnfit(inputs), ...userDataUnfit(inputs)].map((reason) => ({ property: PROPERTY, reason }));
}

function connectionUnfit({ connection, state, publicIpAssignment }: Inputs): string[] {
  const { host, hostKey } = typeof connection === "object" ? connection : {};
  return [
    ...(isGiven(connection)
      ? []
      : ["pinHostKey logs in to the new instance. Declare a connection with the private half of one of its sshKeys."]),
    ...(isGiven(hostKey) ? ["pinHostKey sets the host key of the new instance. Remove connection.hostKey."] : []),
    ...(state === "stopped" ? ['pinHostKey needs an instance that runs. Set state: "running", or remove it.'] : []),
    ...(publicIpAssignment === "none" && connection !== UNKNOWN && !isGiven(host)
      ? ["pinHostKey needs an address to log in at. Set publicIpAssignment or connection.host, or remove it."]
      : []),
  ];
}

function userDataUnfit({ userData }: Inputs): string[] {
  const given = known(userData);
  if (given === undefined || given === "") return [];
  const { text } = unpackUserData(encodeUserData(given));
  if (!isForCloudInit(text)) {
    return [
      "pinHostKey works through cloud-init, which does not understand this userData: it reads texts that begin " +
        "with #cloud-config, #!, #include, #cloud-boothook, #part-handler or ## template: jinja, MIME of several " +
        "parts, and gzip of these. Remove pinHostKey.",
    ];
  }
  if (!setsHostKeys(text)) return [];
  return [
    "userData has ssh_keys, which are the host keys of the instance. Remove them from userData, or remove " +
      "pinHostKey and set the key to expect: connection.hostKey.",
  ];
}

/** The reasons that need the account, or a generated key, to find out. */
export async function checkPinHostKey(
  inputs: Inputs,
  account: Pick<Account, "agentSocket">,
  olds: OldInputs<InstanceInputs>,
): Promise<CheckFailure[]> {
  if (inputs.pinHostKey !== true || olds) return [];
  const reasons = [...cannotLogIn(inputs, account), ...(await checkUserDataLength(inputs))];
  return reasons.map((reason) => ({ property: PROPERTY, reason }));
}

function cannotLogIn({ connection }: Inputs, account: Pick<Account, "agentSocket">): string[] {
  const settled = known(connection);
  if (settled === undefined || credentialsOf(account, settled).length > 0) return [];
  return [
    "pinHostKey logs in to the instance. Give connection.privateKey, or run an ssh-agent that has one of its keys.",
  ];
}

async function checkUserDataLength({ userData }: Inputs): Promise<string[]> {
  const text = known(userData);
  if (text === undefined) return [];
  const length = withInjectedKey(text, await generateInjectedKey()).length;
  if (length <= MAX_USER_DATA_LENGTH) return [];
  const excess = Math.ceil(((length - MAX_USER_DATA_LENGTH) / 4) * 3);
  return [
    `With the host key for the first connection, userData has ${length} bytes in base64, and Exoscale accepts ` +
      `${MAX_USER_DATA_LENGTH}. Shorten it by ${excess} bytes, give it as base64 of gzip, which cloud-init unpacks, or ` +
      "remove pinHostKey.",
  ];
}
