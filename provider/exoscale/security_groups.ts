import type { Api } from "./client";
import { checkedId, idPath, UUID } from "./names";
import { deleteAndWait, kindOf, putAndWait, type Wait, waitForCreated, waitForOperation } from "./operation";
import type { Shape } from "./shape";

/** A rule that allows traffic. */
export interface SecurityGroupRule {
  /** Direction of the traffic, seen from the instance. */
  readonly "flow-direction": "ingress" | "egress";
  /** Protocol. */
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6" | "ah" | "esp" | "gre" | "ipip" | "all";
  /** First port, 1 to 65535; for TCP and UDP. */
  readonly "start-port"?: number;
  /** Last port, 1 to 65535; for TCP and UDP. */
  readonly "end-port"?: number;
  /** ICMP type and code; -1 is any. */
  readonly icmp?: { readonly type?: number; readonly code?: number };
  /** The other side as a network in CIDR notation; this or `security-group`. */
  readonly network?: string;
  /** The other side as the members of a group: an own group by its id, a public group of Exoscale by its name. */
  readonly "security-group"?: {
    readonly id?: string;
    readonly name?: string;
    readonly visibility?: "private" | "public";
  };
  /** Description, at most 255 characters. */
  readonly description?: string;
}

/** A set of firewall rules for the instances in it. */
export interface SecurityGroup {
  /** Security group ID. */
  readonly id: string;
  /** Security group name. */
  readonly name: string;
  /** Description, at most 255 characters. */
  readonly description?: string;
  /** Its rules, each with the id by which it is removed. */
  readonly rules?: readonly (SecurityGroupRule & { readonly id: string })[];
  /** Networks that count as members in rules that name this group. */
  readonly "external-sources"?: readonly string[];
}

const groupShape: Shape = {
  id: UUID,
  name: "text",
  "description?": "text",
  "rules?": [
    {
      id: UUID,
      "flow-direction": "text",
      protocol: "text",
      "start-port?": "number",
      "end-port?": "number",
      "icmp?": { "type?": "number", "code?": "number" },
      "network?": "text",
      "security-group?": { "id?": "text", "name?": "text" },
      "description?": "text",
    },
  ],
};

/** The body that creates a security group; its rules are added afterwards. */
export type CreateSecurityGroup = Pick<SecurityGroup, "name" | "description">;

/** What `create` needs to recognise the new group after a request that may have been carried out. */
export interface GroupCreation {
  /** Ids of the groups that had the name before the request: they are somebody else's, even if they are empty. */
  readonly others: readonly string[];
  /** Called as soon as the id is known and before the wait. */
  readonly onAccepted?: (id: string) => void;
}

/** The security groups of an organisation. */
export class SecurityGroups {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Every group of the organisation. */
  list(): Promise<readonly SecurityGroup[]> {
    return this.#api.list({ what: "list security groups", path: "/security-group" }, "security-groups", groupShape);
  }

  /** The group of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<SecurityGroup | undefined> {
    return this.#api.find({ what: `read security group ${id}`, path: idPath("security-group", id) }, groupShape);
  }

  /** The groups of that name. Exoscale's document does not say that there can be only one. */
  async listByName(name: string): Promise<readonly SecurityGroup[]> {
    const groups = await this.list();
    return groups.filter((group) => group.name === name);
  }

  /** Creates a group without rules. @returns its id */
  async create(body: CreateSecurityGroup, { others, onAccepted }: GroupCreation): Promise<string> {
    const what = `create security group "${body.name}"`;
    const wait = { what, deadline: this.#api.defaultDeadline(), kind: "POST /security-group" };
    const call = { what, deadline: wait.deadline, path: "/security-group", body };
    const findCreated = () => this.#findInterrupted(body, others);
    const posted = await this.#api.post(call, findCreated);
    if ("answer" in posted) return waitForCreated(this.#api, posted.answer, wait, { onAccepted, findCreated });
    onAccepted?.(posted.found);
    return posted.found;
  }

  /** Deletes a group without members; does nothing when it is gone already. */
  async remove(id: string): Promise<void> {
    await deleteAndWait(this.#api, { what: `delete security group ${id}`, path: idPath("security-group", id) });
  }

  /**
   * Adds a rule that the group does not have.
   *
   * @param isSame whether a rule of the group is the new one; asked after a request that may have been carried out
   */
  async addRule(id: string, rule: SecurityGroupRule, isSame: (existing: SecurityGroupRule) => boolean): Promise<void> {
    const timed = { what: `add a rule to security group ${id}`, deadline: this.#api.defaultDeadline() };
    const call = { ...timed, path: `${idPath("security-group", id)}/rules`, body: rule };
    const posted = await this.#api.post(call, () => this.#hasRule(id, isSame));
    if ("answer" in posted) await waitForOperation(this.#api, posted.answer, { ...timed, kind: kindOf("POST", call) });
  }

  /** Removes a rule; does nothing when it is gone already. */
  async removeRule(id: string, ruleId: string): Promise<void> {
    const path = `${idPath("security-group", id)}/rules/${checkedId("security group rule", ruleId)}`;
    await deleteAndWait(this.#api, { what: `remove a rule of security group ${id}`, path });
  }

  /** Puts an instance into the group; takes effect at once. */
  async attach(id: string, instanceId: string, deadline?: number): Promise<void> {
    await this.#changeMembership(id, ":attach", instanceId, {
      what: `put instance ${instanceId} into security group ${id}`,
      deadline,
    });
  }

  /** Takes an instance out of the group; takes effect at once. */
  async detach(id: string, instanceId: string, deadline?: number): Promise<void> {
    const what = `take instance ${instanceId} out of security group ${id}`;
    await this.#changeMembership(id, ":detach", instanceId, { what, deadline });
  }

  async #changeMembership(
    id: string,
    action: ":attach" | ":detach",
    instanceId: string,
    wait: Pick<Wait, "what" | "deadline">,
  ): Promise<void> {
    const body = { instance: { id: checkedId("instance", instanceId) } };
    await putAndWait(this.#api, { ...wait, path: `${idPath("security-group", id)}${action}`, body });
  }

  /** The group that an interrupted creation has made: it was not there before, and has no rules. */
  async #findInterrupted(body: CreateSecurityGroup, others: readonly string[]): Promise<string | undefined> {
    const named = (await this.listByName(body.name)).find(({ id }) => !others.includes(id));
    const group = named && (await this.find(named.id));
    const isNew = group && (group.rules ?? []).length === 0;
    return isNew && (group.description ?? "") === (body.description ?? "") ? group.id : undefined;
  }

  async #hasRule(id: string, isSame: (existing: SecurityGroupRule) => boolean): Promise<true | undefined> {
    const group = await this.find(id);
    return group?.rules?.some(isSame) ? true : undefined;
  }
}
