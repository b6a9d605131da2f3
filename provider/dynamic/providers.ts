import type * as pulumi from "@pulumi/pulumi";

/**
 * What Pulumi stores, as source text, in the state of every resource: closures that capture nothing and fetch the
 * implementation by the package's name when they are called.
 *
 * THE TEXT IS A STATE FORMAT. A stack finds its implementation through this specifier for as long as it exists, so
 * "pulumi-exoscale-ssh/dynamic/impl" is never renamed; and a changed text shows up as a change of every resource. Only
 * the pinned TypeScript compiler may produce it, and a test pins what it produces.
 */

export const sshKeyPairProvider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.configure(request),
  check: (olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.check(olds, news),
  diff: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.diff(id, olds, news),
  create: (inputs) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.create(inputs),
  read: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.read(id, state),
  update: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.update(id, olds, news),
  delete: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").SshKeyPair.delete(id, state),
};

export const instanceProvider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.configure(request),
  check: (olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.check(olds, news),
  diff: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.diff(id, olds, news),
  create: (inputs) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.create(inputs),
  read: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.read(id, state),
  update: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.update(id, olds, news),
  delete: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").Instance.delete(id, state),
};

export const securityGroupProvider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.configure(request),
  check: (olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.check(olds, news),
  diff: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.diff(id, olds, news),
  create: (inputs) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.create(inputs),
  read: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.read(id, state),
  update: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.update(id, olds, news),
  delete: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").SecurityGroup.delete(id, state),
};

export const authorizedKeyProvider: pulumi.dynamic.ResourceProvider = {
  configure: (request) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.configure(request),
  check: (olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.check(olds, news),
  diff: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.diff(id, olds, news),
  create: (inputs) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.create(inputs),
  read: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.read(id, state),
  update: (id, olds, news) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.update(id, olds, news),
  delete: (id, state) => require("pulumi-exoscale-ssh/dynamic/impl").AuthorizedKey.delete(id, state),
};
