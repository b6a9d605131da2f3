/** A setting of the provider, in the stack's configuration or the environment. */
export interface Setting {
  readonly description: string;
  readonly secret?: true;
  /** Default `string`. */
  readonly type?: "integer";
  /** Variable that is read where the stack's configuration says nothing. */
  readonly environment: string;
}

/** Every setting, by its name after `exoscale-ssh:`. */
export const settings: Readonly<Record<string, Setting>> = {
  apiKey: { description: "Exoscale API key. Needed.", secret: true, environment: "EXOSCALE_API_KEY" },
  apiSecret: { description: "Secret of the API key. Needed.", secret: true, environment: "EXOSCALE_API_SECRET" },
  zone: {
    description: "Zone of resources that name none, such as `ch-gva-2`. Default: none, and each names its own.",
    environment: "EXOSCALE_ZONE",
  },
  endpoint: {
    description:
      "Endpoint of the API, such as `https://api-ch-gva-2.exoscale.com/v2`. Default: that of the zone, without a zone " +
      "that of `ch-gva-2`.",
    environment: "EXOSCALE_API_ENDPOINT",
  },
  sshPort: {
    description: "Port of sshd on instances whose connection names none, 1 to 65535. Default 22.",
    type: "integer",
    environment: "EXOSCALE_SSH_PORT",
  },
};
