import type { HostKey, Instance } from "../../account";
import { SshUnreachableError } from "../../errors";
import { explainSilence, withGroups } from "../open_port";
import type { Job } from "./job";

type Target = Parameters<Job["account"]["ssh"]["waitForSsh"]>[0];
type WaitOptions = Parameters<Job["account"]["ssh"]["waitForSsh"]>[1];

/**
 * Waits until the sshd of an instance shows its host key. What is seen meanwhile is said in lines that stay: a machine
 * that boots refuses connections for a while, and one whose port is closed never answers.
 *
 * @throws errors of `waitForSsh`, with what the security groups say about the port
 */
export async function waitForSshd(
  { account, inputs, deadline, log }: Job,
  instance: Instance,
  target: Target,
  options: Omit<WaitOptions, "timeoutMs" | "onFailure">,
): Promise<HostKey> {
  const way = { target, ...(options.bastion && { bastion: options.bastion }) };
  log.progress(`waiting for sshd on ${target.host}`);
  const isNew = newCauses();
  const onFailure = async (error: Error) => {
    if (!isNew(error)) return;
    const seen = await withGroups(error.message, account, instance, way);
    log.info(`Instance "${inputs.name}": waiting for sshd on ${target.host}. So far: ${seen}`);
  };
  try {
    return await account.ssh.waitForSsh(target, {
      ...options,
      timeoutMs: Math.max(1, deadline - Date.now()),
      onFailure,
    });
  } catch (error) {
    throw await explainSilence(error, account, instance, way);
  }
}

/** Tells whether an error has a cause that it was not asked about before. The system may give one cause several codes. */
export function newCauses(): (error: Error) => boolean {
  const seen = new Set<string>();
  return (error) => {
    const cause = error instanceof SshUnreachableError ? error.withoutCode : error.message;
    const isNew = !seen.has(cause);
    seen.add(cause);
    return isNew;
  };
}
