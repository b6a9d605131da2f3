/** The rest of Exoscale's API: what this account has none of, and what the emulator does not do. */
import { ApiError, notFound } from "./errors";

/**
 * Lists of which an account without such objects shows an empty one, by path, with the name of their member. Clients
 * ask for some of these whatever they are used for.
 */
export const emptyLists: Readonly<Record<string, string>> = {
  "/block-storage": "block-storage-volumes",
  "/block-storage-snapshot": "block-storage-snapshots",
  "/dbaas-external-endpoints": "dbaas-endpoints",
  "/dbaas-service": "dbaas-services",
  "/deploy-target": "deploy-targets",
  "/dns-domain": "dns-domains",
  "/elastic-ip": "elastic-ips",
  "/kms-key": "kms-keys",
  "/load-balancer": "load-balancers",
  "/private-network": "private-networks",
  "/sks-cluster": "sks-clusters",
  "/snapshot": "snapshots",
  "/sos-buckets-usage": "sos-buckets-usage",
  "/vpc": "vpcs",
};

/** One object of such a list, or the DNS name of an address: there is none. */
const absentObject = new RegExp(`^(${Object.keys(emptyLists).join("|")}|/reverse-dns/(instance|elastic-ip))/[^/:]+$`);

/** The nouns of which the API document has operations and the emulator has none, apart from these lists. */
const NOUNS =
  /^\/(ai|api-key|block-storage(-snapshot)?|console|dbaas-[\w-]+|deploy-target|dns-domain|elastic-ip|env-impact|environmental-impact|event|iam-[\w-]+|kms-key|live-balance|load-balancer|organization|private-network|quota|reverse-dns|sks-[\w-]+|snapshot|sos|sos-buckets-usage|usage-report|user|vpc)([/:]|$)/;

/** The other operations on what is emulated, as method and path. */
const OPERATIONS =
  /^(POST \/instance\/[^/:]+:(create-snapshot|revert-snapshot)|GET \/instance\/[^/:]+:password|PUT \/instance\/[^/:]+:(reset|reset-password)|DELETE \/instance-pool\/[^/]+\/[^/:]+|PUT \/security-group\/[^/:]+:(add|remove)-source|POST \/template(\/[^/:]+)?|(PUT|DELETE) \/template\/[^/:]+)$/;

/**
 * The answer to a request that no route serves.
 *
 * @param path below `/v2`
 * @throws ApiError 404 for what does not exist, 501 for what exists at Exoscale only
 */
export function answerWithoutRoute(method: string, path: string): object {
  const list = method === "GET" ? emptyLists[path] : undefined;
  if (list !== undefined) return { [list]: [] };
  if (method === "GET" && absentObject.test(path)) throw notFound("Resource");
  if (NOUNS.test(path) || OPERATIONS.test(`${method} ${path}`)) throw notEmulated(`${method} ${path}`);
  throw notFound("Resource");
}

/** 501, which clients do not repeat. @param what is missing */
export function notEmulated(what: string): ApiError {
  return new ApiError(
    501,
    `The emulator has no ${what}. It has keys, instances, instance pools, security groups, anti-affinity groups and the catalogue.`,
  );
}
