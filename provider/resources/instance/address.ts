import type { ZoneAccount } from "../../account";
import { InvalidNameError } from "../../errors";
import { isId } from "../contract/id";

/** Where an instance is. The identifier of the resource is `zone/id`, and so is the id of an import. */
export interface InstanceAddress {
  readonly zone: string;
  readonly id: string;
}

/** `zone/id`. */
export function formatAddress(zone: Pick<ZoneAccount, "name">, id: string): string {
  return `${zone.name}/${id}`;
}

/** @throws InvalidNameError for anything but `zone/id` */
export function parseAddress(text: string): InstanceAddress {
  const [zone = "", id = "", ...rest] = text.split("/");
  if (zone !== "" && isId(id) && rest.length === 0) return { zone, id };
  throw new InvalidNameError(
    "instance id",
    text,
    "a zone, a slash and the instance's id, such as ch-gva-2/01234567-89ab-cdef-0123-456789abcdef",
  );
}
