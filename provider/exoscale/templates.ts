import type { Api } from "./client";
import { idPath, UUID } from "./names";
import type { Shape } from "./shape";

/** Who can use a template: everybody (Exoscale's own), or the organisation that registered it. */
export type Visibility = "public" | "private";

/** A disk image that instances start from. */
export interface Template {
  /** Template ID. */
  readonly id: string;
  /** Template name, such as `Linux Debian 13`; not unique. */
  readonly name: string;
  /** Description. */
  readonly description?: string;
  /** Family, such as `debian`. */
  readonly family?: string;
  /** The user who gets the SSH keys at first boot. */
  readonly "default-user"?: string;
  /** Whether instances accept SSH keys at first boot. */
  readonly "ssh-key-enabled"?: boolean;
  /** Whether instances allow a login by password. */
  readonly "password-enabled"?: boolean;
  /** Who can use it. */
  readonly visibility?: Visibility;
  /** When it was created, in ISO 8601. */
  readonly "created-at"?: string;
  /** Size in bytes: the smallest disk it fits on. */
  readonly size?: number;
  /** Version of what it contains. */
  readonly version?: string;
  /** Build of the image. */
  readonly build?: string;
  /** Names of the zones that have it. */
  readonly zones?: readonly string[];
}

const templateShape: Shape = {
  id: UUID,
  name: "text",
  "family?": "text",
  "default-user?": "text",
  "ssh-key-enabled?": "boolean",
  "visibility?": "text",
  "created-at?": "text",
  "size?": "number",
};

/** The templates of a zone. */
export class Templates {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** All templates of one visibility; the API lists the public ones by default. */
  list(visibility: Visibility): Promise<readonly Template[]> {
    const what = `list ${visibility} templates`;
    return this.#api.list({ what, path: "/template", query: { visibility } }, "templates", templateShape);
  }

  /** The template of that id, if there is one. @throws InvalidNameError */
  async find(id: string): Promise<Template | undefined> {
    return this.#api.find({ what: `read template ${id}`, path: idPath("template", id) }, templateShape);
  }
}
