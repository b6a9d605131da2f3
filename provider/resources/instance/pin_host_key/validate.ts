import type { Account } from "../../../account";
import { credentialsOf } from "../../access/credentials";
import { isGiven, known, type PreviewedFields, UNKNOWN } from "../../contract/description";
import type { CheckFailure, OldInputs } from "../../contract/resource";
import type { InstanceInputs } from "../fields";
import { encodeUserData, longestUserData } from "../user_data";
import { isForCloudInit, setsHostKeys, unpackUserData } from "./cloud_init";
import { generateInjectedKey, withInjectedKey } from "./injection";

type Inputs = PreviewedFields<InstanceInputs>;

const property = "pinHostKey";

/** What makes it impossible to pin the host key of a new instance. One that exists is not touched by it. */
export function validatePinHostKey(inputs: Inputs, olds: OldInputs<InstanceInputs>): CheckFailure[] {
  if (inputs.pinHostKey !== true || olds) return [];
  return [...connectionUnfit(inputs), ...userDataUnfit(inputs)].map((reason) => ({ property, reason }));
}

function connectionUnfit({ connection, state, publicIpAssignment }: Inputs): string[] {
  const { host, hostKey } = typeof connection === "object" ? connection : {};
  return [
    ...(isGiven(connection)
      ? []
      : ["pinHostKey logs in to the instance once it runs. Declare a connection, with a key that it is given."]),
    ...(isGiven(hostKey)
      ? ["pinHostKey finds out the host key of an instance that is yet to be made. Remove connection.hostKey."]
      : []),
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
      "pinHostKey works through cloud-init, which does not understand this userData: it reads what begins with " +
        "#cloud-config, #!, #include, #cloud-boothook, #part-handler or ## template: jinja, MIME of several parts, and " +
        "gzip of these. Remove pinHostKey.",
    ];
  }
  if (!setsHostKeys(text)) return [];
  return [
    "userData has ssh_keys of its own, which are the host keys of the instance. Remove them there, or remove pinHostKey " +
      "and say which key to expect: connection.hostKey.",
  ];
}

/** The same, as far as it takes an account, or a key. */
export async function checkPinHostKey(
  inputs: Inputs,
  account: Pick<Account, "agentSocket">,
  olds: OldInputs<InstanceInputs>,
): Promise<CheckFailure[]> {
  if (inputs.pinHostKey !== true || olds) return [];
  const reasons = [...cannotLogIn(inputs, account), ...(await checkUserDataLength(inputs))];
  return reasons.map((reason) => ({ property, reason }));
}

function cannotLogIn({ connection }: Inputs, account: Pick<Account, "agentSocket">): string[] {
  const settled = known(connection);
  if (settled === undefined || credentialsOf(account, settled).length > 0) return [];
  return ["pinHostKey logs in to the instance. Give connection.privateKey, or run an ssh-agent that has a key of it."];
}

async function checkUserDataLength({ userData }: Inputs): Promise<string[]> {
  const text = known(userData);
  if (text === undefined) return [];
  const length = withInjectedKey(text, await generateInjectedKey()).length;
  if (length <= longestUserData) return [];
  return [
    `With the host key for the first contact userData has ${length} bytes in base64, and Exoscale takes ` +
      `${longestUserData}. Shorten it by ${Math.ceil(((length - longestUserData) / 4) * 3)} bytes, give it as base64 of ` +
      "gzip, which cloud-init unpacks, or remove pinHostKey.",
  ];
}
