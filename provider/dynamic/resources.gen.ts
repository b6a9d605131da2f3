// Generated from the descriptions in provider/resources by `npm run generate`. Do not edit.

import type * as pulumi from "@pulumi/pulumi";

import { resources } from "../resources";

import { DescribedResource } from "./described_resource";

import { authorizedKeyProvider, instanceProvider, securityGroupProvider, sshKeyPairProvider } from "./providers";

/** How to log in to the instances that hold a key. */
export interface HolderConnectionArgs {
  /** User to log in as. Default: the default user of each instance's template. */
  user?: pulumi.Input<string | undefined>;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  port?: pulumi.Input<number | undefined>;
  /** Host key that every holder shows: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the one in a label of the instance; `waitForSsh` and every change of `sshKeys` record it there. */
  hostKey?: pulumi.Input<string | undefined>;
  /** If no host key of an instance is recorded, trust the first one that it shows, and record it. Members of instance pools need this. Default false: such a host proves nothing. */
  acceptNewHostKeys?: pulumi.Input<boolean | undefined>;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  privateKey?: pulumi.Input<string | undefined>;
  /** What `privateKey` is encrypted with. Default: it is not. */
  passphrase?: pulumi.Input<string | undefined>;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  agentIdentity?: pulumi.Input<string | undefined>;
  /** Jump host to go through (`ssh -J`). Default: none. */
  bastion?: pulumi.Input<BastionArgs | undefined>;
}

/** A jump host. */
export interface BastionArgs {
  /** User to log in to it as. Default: the one of the host behind it. */
  user?: pulumi.Input<string | undefined>;
  /** Address of the jump host. */
  host: pulumi.Input<string>;
  /** Port of sshd. Default 22. */
  port?: pulumi.Input<number | undefined>;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: any is accepted, and none is remembered. Give it. */
  hostKey?: pulumi.Input<string | undefined>;
  /** Private key to log in to it with. Default: the credentials for the host behind it. */
  privateKey?: pulumi.Input<string | undefined>;
  /** What `privateKey` is encrypted with. Default: it is not. */
  passphrase?: pulumi.Input<string | undefined>;
  /** The only key of the connection's ssh-agent to log in to it with, by its public half or `SHA256:...`. Default: as for the host behind it. */
  agentIdentity?: pulumi.Input<string | undefined>;
}

/** How to log in to the instances that hold a key. */
export interface HolderConnection {
  /** User to log in as. Default: the default user of each instance's template. */
  readonly user?: string | undefined;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  readonly port?: number | undefined;
  /** Host key that every holder shows: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the one in a label of the instance; `waitForSsh` and every change of `sshKeys` record it there. */
  readonly hostKey?: string | undefined;
  /** If no host key of an instance is recorded, trust the first one that it shows, and record it. Members of instance pools need this. Default false: such a host proves nothing. */
  readonly acceptNewHostKeys?: boolean | undefined;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  readonly privateKey?: string | undefined;
  /** What `privateKey` is encrypted with. Default: it is not. */
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  readonly agentSocketPath?: string | undefined;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  readonly agentIdentity?: string | undefined;
  /** Jump host to go through (`ssh -J`). Default: none. */
  readonly bastion?: Bastion | undefined;
}

/** A jump host. */
export interface Bastion {
  /** User to log in to it as. Default: the one of the host behind it. */
  readonly user?: string | undefined;
  /** Address of the jump host. */
  readonly host: string;
  /** Port of sshd. Default 22. */
  readonly port?: number | undefined;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: any is accepted, and none is remembered. Give it. */
  readonly hostKey?: string | undefined;
  /** Private key to log in to it with. Default: the credentials for the host behind it. */
  readonly privateKey?: string | undefined;
  /** What `privateKey` is encrypted with. Default: it is not. */
  readonly passphrase?: string | undefined;
  /** The only key of the connection's ssh-agent to log in to it with, by its public half or `SHA256:...`. Default: as for the host behind it. */
  readonly agentIdentity?: string | undefined;
}

/** A key of the account. */
export interface SshKeyReferenceArgs {
  /** Name of the key in the account. */
  name: pulumi.Input<string>;
  /** The public key. Without it, two keys are told apart by their names only, and a key that is added to a running machine has to be an SshKeyPair of the same program. */
  publicKeyOpenssh?: pulumi.Input<string | undefined>;
}

/** How to log in to an instance over SSH. */
export interface ConnectionArgs {
  /** User to log in as. Default: the template's default user. */
  user?: pulumi.Input<string | undefined>;
  /** Address to connect to. Default: the instance's public address. */
  host?: pulumi.Input<string | undefined>;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  port?: pulumi.Input<number | undefined>;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered. */
  hostKey?: pulumi.Input<string | undefined>;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  privateKey?: pulumi.Input<string | undefined>;
  /** What `privateKey` is encrypted with. Default: it is not. */
  passphrase?: pulumi.Input<string | undefined>;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  agentIdentity?: pulumi.Input<string | undefined>;
  /** Jump host to go through (`ssh -J`). Default: none. */
  bastion?: pulumi.Input<BastionArgs | undefined>;
}

/** How long operations may take, in seconds. */
export interface TimeoutsArgs {
  /** Seconds for the creation, `waitForSsh` and protection included. Default 600. */
  create?: pulumi.Input<number | undefined>;
  /** Seconds for all changes of one update, stop and start included. Default 600. */
  update?: pulumi.Input<number | undefined>;
  /** Seconds for the deletion; the value of the last successful update counts. Default 600. */
  delete?: pulumi.Input<number | undefined>;
}

/** A key of the account. */
export interface SshKeyReference {
  /** Name of the key in the account. */
  readonly name: string;
  /** The public key. Without it, two keys are told apart by their names only, and a key that is added to a running machine has to be an SshKeyPair of the same program. */
  readonly publicKeyOpenssh?: string | undefined;
}

/** How to log in to an instance over SSH. */
export interface Connection {
  /** User to log in as. Default: the template's default user. */
  readonly user?: string | undefined;
  /** Address to connect to. Default: the instance's public address. */
  readonly host?: string | undefined;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  readonly port?: number | undefined;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered. */
  readonly hostKey?: string | undefined;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  readonly privateKey?: string | undefined;
  /** What `privateKey` is encrypted with. Default: it is not. */
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  readonly agentSocketPath?: string | undefined;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  readonly agentIdentity?: string | undefined;
  /** Jump host to go through (`ssh -J`). Default: none. */
  readonly bastion?: Bastion | undefined;
}

/** How long operations may take, in seconds. */
export interface Timeouts {
  /** Seconds for the creation, `waitForSsh` and protection included. Default 600. */
  readonly create?: number | undefined;
  /** Seconds for all changes of one update, stop and start included. Default 600. */
  readonly update?: number | undefined;
  /** Seconds for the deletion; the value of the last successful update counts. Default 600. */
  readonly delete?: number | undefined;
}

/** A key as the API lists it. */
export interface ListedKey {
  /** Name that the key had in the account. */
  readonly name: string;
  /** Its MD5 fingerprint, if it is known. */
  readonly fingerprintMd5?: string | undefined;
}

/** A key that a machine was given. */
export interface HeldKey {
  /** Name that the key had in the account. */
  readonly name: string;
  /** Its MD5 fingerprint, if it is known. */
  readonly fingerprintMd5?: string | undefined;
  /** The public key, if it is known. */
  readonly publicKeyOpenssh?: string | undefined;
  /**
   * How the key came to the machine.
   *
   * - `boot`: Given at first boot.
   * - `ssh`: Added to the running machine.
   */
  readonly origin: "boot" | "ssh";
  /** Removed from the machine, and proven to be refused. Kept while the API lists the key here. */
  readonly closed?: boolean | undefined;
}

/** One rule: who may reach what. */
export interface SecurityGroupRuleArgs {
  /**
   * Direction of the traffic. Default `ingress`.
   *
   * - `ingress`: Traffic to the members of the group.
   * - `egress`: Traffic from the members of the group.
   */
  flowDirection?: pulumi.Input<"ingress" | "egress" | undefined>;
  /**
   * Protocol of the traffic.
   *
   * - `tcp`: TCP, which SSH uses.
   * - `udp`: UDP.
   * - `icmp`: ICMP of IPv4, such as ping.
   * - `icmpv6`: ICMP of IPv6.
   * - `ah`: IPsec's Authentication Header.
   * - `esp`: IPsec's Encapsulating Security Payload.
   * - `gre`: Generic Routing Encapsulation.
   * - `ipip`: IPv4 in IPv4.
   * - `all`: Every protocol.
   */
  protocol: pulumi.Input<"tcp" | "udp" | "icmp" | "icmpv6" | "ah" | "esp" | "gre" | "ipip" | "all">;
  /** First port, 1 to 65535; for tcp and udp. Default: all ports. */
  startPort?: pulumi.Input<number | undefined>;
  /** Last port, 1 to 65535. Default: `startPort`. */
  endPort?: pulumi.Input<number | undefined>;
  /** For icmp and icmpv6: type and code. */
  icmp?: pulumi.Input<IcmpArgs | undefined>;
  /** Other side of the traffic: a network in CIDR notation, such as `192.0.2.0/24`. Conflicts with `securityGroup`. */
  network?: pulumi.Input<string | undefined>;
  /** Other side of the traffic: the members of a group of the account, by id or name. Conflicts with `network`. */
  securityGroup?: pulumi.Input<string | undefined>;
  /** What the rule is for, at most 255 characters. */
  description?: pulumi.Input<string | undefined>;
}

/** Type and code of an ICMP message. */
export interface IcmpArgs {
  /** ICMP type, -1 (any) to 254. */
  type?: pulumi.Input<number | undefined>;
  /** ICMP code, -1 (any) to 254. */
  code?: pulumi.Input<number | undefined>;
}

/** One rule: who may reach what. */
export interface SecurityGroupRule {
  /**
   * Direction of the traffic. Default `ingress`.
   *
   * - `ingress`: Traffic to the members of the group.
   * - `egress`: Traffic from the members of the group.
   */
  readonly flowDirection?: "ingress" | "egress" | undefined;
  /**
   * Protocol of the traffic.
   *
   * - `tcp`: TCP, which SSH uses.
   * - `udp`: UDP.
   * - `icmp`: ICMP of IPv4, such as ping.
   * - `icmpv6`: ICMP of IPv6.
   * - `ah`: IPsec's Authentication Header.
   * - `esp`: IPsec's Encapsulating Security Payload.
   * - `gre`: Generic Routing Encapsulation.
   * - `ipip`: IPv4 in IPv4.
   * - `all`: Every protocol.
   */
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6" | "ah" | "esp" | "gre" | "ipip" | "all";
  /** First port, 1 to 65535; for tcp and udp. Default: all ports. */
  readonly startPort?: number | undefined;
  /** Last port, 1 to 65535. Default: `startPort`. */
  readonly endPort?: number | undefined;
  /** For icmp and icmpv6: type and code. */
  readonly icmp?: Icmp | undefined;
  /** Other side of the traffic: a network in CIDR notation, such as `192.0.2.0/24`. Conflicts with `securityGroup`. */
  readonly network?: string | undefined;
  /** Other side of the traffic: the members of a group of the account, by id or name. Conflicts with `network`. */
  readonly securityGroup?: string | undefined;
  /** What the rule is for, at most 255 characters. */
  readonly description?: string | undefined;
}

/** Type and code of an ICMP message. */
export interface Icmp {
  /** ICMP type, -1 (any) to 254. */
  readonly type?: number | undefined;
  /** ICMP code, -1 (any) to 254. */
  readonly code?: number | undefined;
}

/** How to log in to a host over SSH. */
export interface HostConnectionArgs {
  /** User to log in as. */
  user: pulumi.Input<string>;
  /** Address to connect to: a name, IPv4 or IPv6. */
  host: pulumi.Input<string>;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  port?: pulumi.Input<number | undefined>;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered. */
  hostKey?: pulumi.Input<string | undefined>;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  privateKey?: pulumi.Input<string | undefined>;
  /** What `privateKey` is encrypted with. Default: it is not. */
  passphrase?: pulumi.Input<string | undefined>;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  agentSocketPath?: pulumi.Input<string | undefined>;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  agentIdentity?: pulumi.Input<string | undefined>;
  /** Jump host to go through (`ssh -J`). Default: none. */
  bastion?: pulumi.Input<BastionArgs | undefined>;
}

/** How to log in to a host over SSH. */
export interface HostConnection {
  /** User to log in as. */
  readonly user: string;
  /** Address to connect to: a name, IPv4 or IPv6. */
  readonly host: string;
  /** Port of sshd. Default: the provider's `sshPort`, else 22. */
  readonly port?: number | undefined;
  /** Host key to expect: `ssh-ed25519 AAAA...`, or `SHA256:...`. Default: the first one seen is remembered. */
  readonly hostKey?: string | undefined;
  /** Private key to log in with, in any format that `SshKeyPair` imports; RSA from 1024 bits. Default: the ssh-agent, if there is one. */
  readonly privateKey?: string | undefined;
  /** What `privateKey` is encrypted with. Default: it is not. */
  readonly passphrase?: string | undefined;
  /** Socket of an ssh-agent, whose keys are tried after `privateKey`; `pageant` for PuTTY's. Default: `SSH_AUTH_SOCK` of the environment, if no `privateKey` or an `agentIdentity` is given. */
  readonly agentSocketPath?: string | undefined;
  /** The only key of the ssh-agent to log in with, by its public half: `ssh-ed25519 AAAA...` as `ssh-add -L` prints it, or `SHA256:...` (like `IdentityFile` with a `.pub` file and `IdentitiesOnly`). Default: its keys are tried in its order, and sshd allows about six (`MaxAuthTries`). Security keys and certificates of an agent are not used. */
  readonly agentIdentity?: string | undefined;
  /** Jump host to go through (`ssh -J`). Default: none. */
  readonly bastion?: Bastion | undefined;
}

/** An instance, or an instance pool, that was given a key. */
export interface KeyHolder {
  /**
   * What holds the key.
   *
   * - `instance`: One instance.
   * - `instance-pool`: An instance pool, which gives the key to its future members.
   */
  readonly kind: "instance" | "instance-pool";
  /** Zone of the instance or the pool. */
  readonly zone: string;
  /** Identifier of the instance or the pool. */
  readonly id: string;
  /** Name of the instance or the pool. */
  readonly name: string;
  /** Name under which the API lists the key there. */
  readonly keyName?: string | undefined;
  /** IPv4 address of the instance, if it has one. */
  readonly publicIp?: string | undefined;
  /** State of the instance: running, stopped, ... */
  readonly state?: string | undefined;
  /**
   * The host's own answer. Only with `probe`.
   *
   * - `yes`: The host answered that it accepts the key.
   * - `no`: The host, known by its host key, refused the key for its default user and for root when it was asked from here.
   * - `unknown`: The host was not asked, gave no answer, or refused the key without a known host key.
   */
  readonly accepts?: "yes" | "no" | "unknown" | undefined;
  /** The answer in words, or why there is none. Only with `probe`. */
  readonly reason?: string | undefined;
  /** Account of the host that the answer is about: the one that accepts the key, else the template's default user. Only with `probe`; absent if it is not known. */
  readonly user?: string | undefined;
  /** Whether the host showed the host key that was recorded for the instance. If not, another machine may have answered. Only with `probe`. */
  readonly hostKeyKnown?: boolean | undefined;
}

/** What a program declares of a {@link SshKeyPair}. */
export interface SshKeyPairArgs {
  /** Name of the key in the account. Default: the resource's name, a dash and seven random hexadecimal digits, so that a replacement can exist beside the old key. With a name of your own, the old key is deleted before its replacement is created. 1 to 255 letters, digits, dots, underscores and dashes; the first is a letter or a digit. A change replaces the resource. */
  name?: pulumi.Input<string | undefined>;
  /** A public key to import, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared by their decoded value: another comment or a trailing newline does not make another key. The key of a FIDO security key (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`) is sent too; Exoscale may refuse it. Conflicts with `privateKey`. A change replaces the resource. */
  publicKey?: pulumi.Input<string | undefined>;
  /** A private key to import (OpenSSH, PKCS#8, PKCS#1, SEC1 or encrypted PEM); the public half is derived from it. Conflicts with `publicKey`. Always a secret. A change replaces the resource. */
  privateKey?: pulumi.Input<string | undefined>;
  /**
   * Kind of key to generate. Default `ed25519`. The output is the kind of the key, also of an imported one. It is absent for a security key (FIDO): only its token can make one, so that it can only be imported, by its `publicKey`. A change replaces the resource.
   *
   * - `ed25519`: Ed25519: short, fast, and accepted by every OpenSSH since 6.5.
   * - `rsa`: RSA, with `rsaBits` bits.
   * - `ecdsa`: ECDSA, on `ecdsaCurve`. Exoscale documents only ssh-rsa and ssh-ed25519, and may refuse it.
   */
  algorithm?: pulumi.Input<"ed25519" | "rsa" | "ecdsa" | undefined>;
  /** Size of a generated RSA key in bits, a multiple of 1024 from 2048 to 8192. Default 4096. Only with `algorithm: rsa`. A change replaces the resource. */
  rsaBits?: pulumi.Input<number | undefined>;
  /**
   * Curve of a generated ECDSA key. Default `P256`. Only with `algorithm: ecdsa`. A change replaces the resource.
   *
   * - `P256`: NIST P-256 (`ecdsa-sha2-nistp256`).
   * - `P384`: NIST P-384 (`ecdsa-sha2-nistp384`).
   * - `P521`: NIST P-521 (`ecdsa-sha2-nistp521`).
   */
  ecdsaCurve?: pulumi.Input<"P256" | "P384" | "P521" | undefined>;
  /** Comment at the end of the public key line and inside the OpenSSH private key. Default: the imported key's own comment, else the name of the key. One line without control characters, and without spaces around it. */
  comment?: pulumi.Input<string | undefined>;
  /** Encrypts `privateKeyOpenssh` and `privateKeyPem`, and decrypts `privateKey` if that is encrypted. It protects copies of the private key, but not the stack's state, which contains the passphrase as well. Default: none. 1 to 1023 bytes, no control characters. Always a secret. */
  passphrase?: pulumi.Input<string | undefined>;
  /** Formats in which the pair has its keys, besides OpenSSH's. Each one is in the state too, which Pulumi writes after every step, so a stack of many pairs is faster without. `putty` is not for a pair with a `passphrase`, a `privateKeyFile` or only a `publicKey`. Default: none. */
  formats?: pulumi.Input<pulumi.Input<"pem" | "putty">[] | undefined>;
  /** Path of a file for the generated private key, on the machine that runs Pulumi. The state then does not contain the private key, and the private outputs are absent; a `passphrase` is still in the state. The file has OpenSSH's format and mode 0600; missing folders are created with mode 0700 (Windows: the rights of the folder). A relative path starts in the program's folder, `~/` in the home directory. An inline program of the Automation API without `workDir` has a new temporary folder in each run: give an absolute path there. An existing file is never overwritten, so a replacement needs another path. The path can be added, changed and removed in place. If it is added, older versions of the state still contain the private key. The file is deleted with the pair. Conflicts with `publicKey`, `privateKey` and `adopt`. */
  privateKeyFile?: pulumi.Input<string | undefined>;
  /** Values of any kind, such as a date. A change of them replaces the pair. With `onDelete: revoke` the new key takes the place of the old one on every machine. Otherwise it does so only on Instances of this program that have a `connection`, and every other machine keeps accepting the old one. Default: none. A change replaces the resource. */
  triggers?: pulumi.Input<pulumi.Input<unknown>[] | undefined>;
  /**
   * What to do about the instances that hold the key when the pair is deleted or replaced. The API itself removes the key from no instance. Default `warn`. `revoke` logs in with the pair's own private key, or as `connection` says. If the pair is replaced, the new key takes the place of the old one on holders that are not Instances of this program, including pools. A deletion uses the value of the last successful `pulumi up`.
   *
   * - `warn`: Delete the key from the account, and warn with the names of the instances that hold it. They keep accepting it.
   * - `refuse`: Fail while instances hold the key, and name them.
   * - `revoke`: Log in to each holder, remove exactly this key from `authorized_keys` of the template's default user and of root, and prove that it is refused. Instance pools lose the key first. The key is deleted from the account only when every holder is proven closed. Otherwise the deletion fails with a table of the remaining holders, and the next attempt continues with those.
   */
  onDelete?: pulumi.Input<"warn" | "refuse" | "revoke" | undefined>;
  /** Permits a replacement that deletes the only registered key before the new one exists, as happens to a pair with a `name` of its own. Also permits `revoke` to remove the last key that is known to open a machine, or the last key of an instance pool. Default false: such a replacement is refused at preview, and such a deletion fails. */
  allowLockout?: pulumi.Input<boolean | undefined>;
  /** How to log in to the instances that hold the key, for `onDelete`. Needed if the pair's own private key is not enough: for an imported public key, a jump host or another port. The whole value is a secret. Default: the pair's own private key, then the ssh-agent, at each instance's public address. Always a secret. */
  connection?: pulumi.Input<HolderConnectionArgs | undefined>;
  /** With `onDelete: revoke`, end the SSH sessions of the user that loses the key, except the provider's own. Removing a key does not end a session that it opened. This ends the sessions of everybody who logs in as that user. Default false. */
  terminateSessions?: pulumi.Input<boolean | undefined>;
  /** Take over a key that is already registered under `name`, if it has the same fingerprint. Needs `publicKey` or `privateKey`. The key is deleted with this resource. Default false: if the name is taken, the creation fails. */
  adopt?: pulumi.Input<boolean | undefined>;
}

/** An SSH keypair registered with an Exoscale account: generated where Pulumi runs, or imported. The private key is a secret output and is never sent to Exoscale. Deleting the key from the account does not revoke it on instances that already hold it. */
export class SshKeyPair extends DescribedResource {
  /** Name of the key in the account. */
  declare readonly name: pulumi.Output<string>;
  /** A public key to import, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared by their decoded value: another comment or a trailing newline does not make another key. The key of a FIDO security key (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`) is sent too; Exoscale may refuse it. Conflicts with `privateKey`. A change replaces the resource. */
  declare readonly publicKey: pulumi.Output<string | undefined>;
  /** A private key to import (OpenSSH, PKCS#8, PKCS#1, SEC1 or encrypted PEM); the public half is derived from it. Conflicts with `publicKey`. Always a secret. A change replaces the resource. */
  declare readonly privateKey: pulumi.Output<string | undefined>;
  /**
   * Kind of key to generate. Default `ed25519`. The output is the kind of the key, also of an imported one. It is absent for a security key (FIDO): only its token can make one, so that it can only be imported, by its `publicKey`. A change replaces the resource.
   *
   * - `ed25519`: Ed25519: short, fast, and accepted by every OpenSSH since 6.5.
   * - `rsa`: RSA, with `rsaBits` bits.
   * - `ecdsa`: ECDSA, on `ecdsaCurve`. Exoscale documents only ssh-rsa and ssh-ed25519, and may refuse it.
   */
  declare readonly algorithm: pulumi.Output<"ed25519" | "rsa" | "ecdsa" | undefined>;
  /** Size of a generated RSA key in bits, a multiple of 1024 from 2048 to 8192. Default 4096. Only with `algorithm: rsa`. A change replaces the resource. */
  declare readonly rsaBits: pulumi.Output<number | undefined>;
  /**
   * Curve of a generated ECDSA key. Default `P256`. Only with `algorithm: ecdsa`. A change replaces the resource.
   *
   * - `P256`: NIST P-256 (`ecdsa-sha2-nistp256`).
   * - `P384`: NIST P-384 (`ecdsa-sha2-nistp384`).
   * - `P521`: NIST P-521 (`ecdsa-sha2-nistp521`).
   */
  declare readonly ecdsaCurve: pulumi.Output<"P256" | "P384" | "P521" | undefined>;
  /** Comment at the end of the public key line and inside the OpenSSH private key. Default: the imported key's own comment, else the name of the key. One line without control characters, and without spaces around it. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** Encrypts `privateKeyOpenssh` and `privateKeyPem`, and decrypts `privateKey` if that is encrypted. It protects copies of the private key, but not the stack's state, which contains the passphrase as well. Default: none. 1 to 1023 bytes, no control characters. Always a secret. */
  declare readonly passphrase: pulumi.Output<string | undefined>;
  /** Formats in which the pair has its keys, besides OpenSSH's. Each one is in the state too, which Pulumi writes after every step, so a stack of many pairs is faster without. `putty` is not for a pair with a `passphrase`, a `privateKeyFile` or only a `publicKey`. Default: none. */
  declare readonly formats: pulumi.Output<readonly ("pem" | "putty")[] | undefined>;
  /** Path of a file for the generated private key, on the machine that runs Pulumi. The state then does not contain the private key, and the private outputs are absent; a `passphrase` is still in the state. The file has OpenSSH's format and mode 0600; missing folders are created with mode 0700 (Windows: the rights of the folder). A relative path starts in the program's folder, `~/` in the home directory. An inline program of the Automation API without `workDir` has a new temporary folder in each run: give an absolute path there. An existing file is never overwritten, so a replacement needs another path. The path can be added, changed and removed in place. If it is added, older versions of the state still contain the private key. The file is deleted with the pair. Conflicts with `publicKey`, `privateKey` and `adopt`. */
  declare readonly privateKeyFile: pulumi.Output<string | undefined>;
  /** Values of any kind, such as a date. A change of them replaces the pair. With `onDelete: revoke` the new key takes the place of the old one on every machine. Otherwise it does so only on Instances of this program that have a `connection`, and every other machine keeps accepting the old one. Default: none. A change replaces the resource. */
  declare readonly triggers: pulumi.Output<readonly unknown[] | undefined>;
  /**
   * What to do about the instances that hold the key when the pair is deleted or replaced. The API itself removes the key from no instance. Default `warn`. `revoke` logs in with the pair's own private key, or as `connection` says. If the pair is replaced, the new key takes the place of the old one on holders that are not Instances of this program, including pools. A deletion uses the value of the last successful `pulumi up`.
   *
   * - `warn`: Delete the key from the account, and warn with the names of the instances that hold it. They keep accepting it.
   * - `refuse`: Fail while instances hold the key, and name them.
   * - `revoke`: Log in to each holder, remove exactly this key from `authorized_keys` of the template's default user and of root, and prove that it is refused. Instance pools lose the key first. The key is deleted from the account only when every holder is proven closed. Otherwise the deletion fails with a table of the remaining holders, and the next attempt continues with those.
   */
  declare readonly onDelete: pulumi.Output<"warn" | "refuse" | "revoke">;
  /** Permits a replacement that deletes the only registered key before the new one exists, as happens to a pair with a `name` of its own. Also permits `revoke` to remove the last key that is known to open a machine, or the last key of an instance pool. Default false: such a replacement is refused at preview, and such a deletion fails. */
  declare readonly allowLockout: pulumi.Output<boolean>;
  /** How to log in to the instances that hold the key, for `onDelete`. Needed if the pair's own private key is not enough: for an imported public key, a jump host or another port. The whole value is a secret. Default: the pair's own private key, then the ssh-agent, at each instance's public address. Always a secret. */
  declare readonly connection: pulumi.Output<HolderConnection | undefined>;
  /** With `onDelete: revoke`, end the SSH sessions of the user that loses the key, except the provider's own. Removing a key does not end a session that it opened. This ends the sessions of everybody who logs in as that user. Default false. */
  declare readonly terminateSessions: pulumi.Output<boolean | undefined>;
  /** Take over a key that is already registered under `name`, if it has the same fingerprint. Needs `publicKey` or `privateKey`. The key is deleted with this resource. Default false: if the name is taken, the creation fails. */
  declare readonly adopt: pulumi.Output<boolean>;
  /** The public key, one line in OpenSSH's format. */
  declare readonly publicKeyOpenssh: pulumi.Output<string | undefined>;
  /** The public key in PEM (SubjectPublicKeyInfo), if `formats` has `pem`; absent for a security key, which has no such form. For OpenSSL; `ssh-keygen` cannot read an Ed25519 key in this format. */
  declare readonly publicKeyPem: pulumi.Output<string | undefined>;
  /** The private key in OpenSSH's format, encrypted if there is a passphrase. Absent for an imported public key, and with `privateKeyFile`. Always a secret. */
  declare readonly privateKeyOpenssh: pulumi.Output<string | undefined>;
  /** The private key in PEM (PKCS#8), if `formats` has `pem`; encrypted if there is a passphrase. Absent for an imported public key, and with `privateKeyFile`. OpenSSH reads an Ed25519 key in this format from version 9.6 on: use `privateKeyOpenssh` for `ssh`. Always a secret. */
  declare readonly privateKeyPem: pulumi.Output<string | undefined>;
  /** The private key in PuTTY's format (PPK v2), if `formats` has `putty`. Not with a passphrase, because that format protects such a key badly: import `privateKeyOpenssh` into PuTTYgen instead. Always a secret. */
  declare readonly privateKeyPutty: pulumi.Output<string | undefined>;
  /** MD5 fingerprint as the Exoscale API shows it: 16 pairs of hexadecimal digits joined by colons. */
  declare readonly publicKeyFingerprintMd5: pulumi.Output<string>;
  /** SHA256 fingerprint as `ssh-keygen -l` shows it: `SHA256:` and 43 characters. */
  declare readonly publicKeyFingerprintSha256: pulumi.Output<string | undefined>;
  /** MD5 fingerprint of the key that the account had under this name when it was last read. Absent if it had none. Different from `publicKeyFingerprintMd5` if somebody registered another key under the name. */
  declare readonly registeredFingerprintMd5: pulumi.Output<string | undefined>;

  /**
   * @param name logical name within the stack
   * @param args what is declared; see {@link SshKeyPairArgs}
   * @param opts Pulumi's own options
   */
  constructor(name: string, args: SshKeyPairArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(sshKeyPairProvider, resources.SshKeyPair, name, args, opts);
  }
}

/** What a program declares of an {@link Instance}. */
export interface InstanceArgs {
  /** Zone, such as `ch-gva-2`. Default: the provider's `zone` for a new instance; an existing one stays in its zone. Another zone makes a new instance, disk included. A change replaces the resource. */
  zone?: pulumi.Input<string | undefined>;
  /** Name of the instance, 1 to 255 characters, and its host name at first boot. Default: the resource's name, a dash and seven random hexadecimal digits. Changes in place; the host name inside stays. */
  name?: pulumi.Input<string | undefined>;
  /** Instance type, `family.size`, such as `standard.tiny`. A change stops the instance, scales it and starts it again; one that is declared `stopped` stays stopped. Between standard, cpu and memory Exoscale decides, once the instance is stopped; if it refuses, the instance is started again as it was. Any other family is refused at preview, and so is a type that the zone does not have or that the account may not use. If a step in between fails, the error says that the instance is stopped, and the next `pulumi up` continues. */
  type: pulumi.Input<string>;
  /** Template: its id, its name, or the beginning of a name that only one template of the zone has. Letter case does not count. Of several with one name, Exoscale's public ones go before the account's private ones, as in Exoscale's own tools, and the newest is taken. For a private one with the name of a public one, give its id. A name is looked up when an instance is created, so a newer build does not change an existing one. An id belongs to one zone. Templates that Exoscale no longer lists are found by id only. Another template makes a new instance, disk included: the API's operation that writes a template over a disk is never used. A change replaces the resource. */
  template: pulumi.Input<string>;
  /** Size of the disk in GiB, 10 to 51,200, and not less than the template needs. Growing it stops the instance and starts it again; the file system inside grows at boot if the template's cloud-init does that. It cannot shrink: refused at preview. */
  diskSize: pulumi.Input<number>;
  /** Keys of the account that may log in as the template's default user. Default: none. Each is a name, with the public key if you have it. The name alone, which is the `id` of an SshKeyPair, works where no compiler wants an object: in Python and JavaScript. In YAML write `- name: alice`, in Go `SshKeyReferenceArgs{Name: pulumi.String("alice")}`, in TypeScript `{ name: "alice" }`. They are installed at first boot and the API cannot change them afterwards. With a declared `connection` a change is made on the running machine: new keys are added and proven to be accepted, then old ones are removed, from root's file too, and proven to be refused. Keys that others added stay. Without a `connection` a change is refused, unless `replaceOnKeyChange` permits a new instance. Refused at preview for a template that installs no keys. A change is made in place over a declared `connection`; without one it is refused, unless `replaceOnKeyChange` permits a new instance. */
  sshKeys?: pulumi.Input<pulumi.Input<SshKeyReferenceArgs | SshKeyPair>[] | undefined>;
  /** Security groups, by id or name. Default: the account's `default` group, and changes by others are left alone. An empty list is no group at all. Changes in place: new groups are added before old ones are removed. Not with `publicIpAssignment: none`: Exoscale ignores the groups of such an instance, so they are refused. */
  securityGroups?: pulumi.Input<pulumi.Input<string | SecurityGroup>[] | undefined>;
  /** Anti-affinity groups, by id or name: instances of one group run on different hosts. Default: none. Other groups make a new instance, disk included. A change replaces the resource. */
  antiAffinityGroups?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** User data for the first-boot agent, such as cloud-init: plain text, or base64. Base64 is sent as it is if it decodes to something that such an agent knows (it begins with `#`, `Content-Type:`, `MIME-Version:`, `{`, `<`, `rem cmd`, `version:` or `---`, or is gzip); everything else is encoded, with a warning if it looks like base64. So give binary data, such as gzip of a cloud-config, as base64. At most 32,768 bytes of base64, which is 24,576 bytes of text. Always a secret. A change is made in place. The agent sees it at the next boot, if it reads user data again; the instance is not restarted. User data cannot be removed: refused at preview. Always a secret. */
  userData?: pulumi.Input<string | undefined>;
  /** Labels, names and values. Default: none. All of them are managed: labels that others set are removed, except those that begin with `exoscale-ssh.`, which are reserved for this provider. Change in place. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;
  /**
   * Public addresses. Default `inet4`. From `inet4` to `dual` changes in place, and `ipv6Address` appears; the guest may have to be restarted to use it. From `dual` to `inet4` is refused at preview, because Exoscale cannot remove an IPv6 address. Exoscale does not document whether it permits a change from or to `none`: the change is requested, and is an error if Exoscale refuses it or leaves the addresses as they are.
   *
   * - `inet4`: An IPv4 address.
   * - `dual`: An IPv4 and an IPv6 address.
   * - `none`: No public address.
   */
  publicIpAssignment?: pulumi.Input<"inet4" | "dual" | "none" | undefined>;
  /**
   * Whether the instance runs. Default `running`. Changes in place. As an output, the state that the API has.
   *
   * - `running`: It runs.
   * - `stopped`: It is shut down. An instance that is created stopped boots and gets its keys at its first start.
   */
  state?: pulumi.Input<"running" | "stopped" | undefined>;
  /** If true, Exoscale refuses to delete the instance, for every client: this program, another one, the console. Default false. Changes in place. To delete a protected instance, set it to false, run `pulumi up`, and then delete it. A change that would replace it is refused at preview, but `pulumi up --replace` is not noticed there and fails at its end. Exoscale does not say whether an instance is protected, so `pulumi refresh` does not see a protection that others set or remove. Pulumi's resource option `protect` is something else: it is in the stack's state, stops only Pulumi and only this stack, and is checked before anything is done. Use both where both matter. */
  deletionProtection?: pulumi.Input<boolean | undefined>;
  /** How to log in to the instance, for what this package does over SSH: a change of `sshKeys`, and `waitForSsh` through a bastion. All of it is a secret. Default: the instance's public address, the template's default user, the provider's `sshPort`. Always a secret. */
  connection?: pulumi.Input<ConnectionArgs | undefined>;
  /** Make a new instance, disk included, when `sshKeys` changes. Default false: the change is refused at preview. */
  replaceOnKeyChange?: pulumi.Input<boolean | undefined>;
  /** Permits a change of `sshKeys` that removes the last key known to open the machine. Default false: nothing is removed then, and the update fails. */
  allowLockout?: pulumi.Input<boolean | undefined>;
  /** End the SSH sessions of the template's default user, our own aside, when a change of `sshKeys` removes a key: removing a key does not end a session that it opened. It ends the sessions of everybody who logs in as that user; they can log in again with a key that stays. Default false. */
  terminateSessions?: pulumi.Input<boolean | undefined>;
  /** The creation waits until sshd answers, and remembers its host key (`hostKeys`, `knownHosts`). Default false. It connects from where Pulumi runs, so a security group has to permit that. For an instance that is created `stopped`, the update that starts it waits. If this becomes true while no host key is known, the update waits. */
  waitForSsh?: pulumi.Input<boolean | undefined>;
  /** Pins the host key before the first connection, instead of trusting the first machine that answers. The provider generates a host key and gives it to the new instance through cloud-init; the first login accepts no other. Over that login the host generates its own host keys, and one of them is remembered (`hostKeys`, `knownHosts`). The user data is then replaced by one without the first key: `userData`, or `#cloud-config` and `{}` if that is not given. From then on the first key proves nothing; it is never in the state. Default false. It needs a running instance, a template with cloud-init and OpenSSH, `userData` (if any) that cloud-init understands and that has no `ssh_keys`, and a `connection` that logs in as a user who may use `sudo`; it connects from where Pulumi runs, as `waitForSsh` does. If it fails, the instance is in the state and the next `pulumi up` continues. A change touches nothing on an instance that exists. */
  pinHostKey?: pulumi.Input<boolean | undefined>;
  /** How long an operation may take, in seconds, before it is an error. Exoscale continues what it has begun: an instance whose creation took too long is in the state, and the next `pulumi up` continues with it. A change touches nothing. */
  timeouts?: pulumi.Input<TimeoutsArgs | undefined>;
}

/** A compute instance on Exoscale, provisioned with SSH keys of the account. The keys are installed at first boot and stay valid there when they are deleted from the account. */
export class Instance extends DescribedResource {
  /** Zone that the instance is in. */
  declare readonly zone: pulumi.Output<string>;
  /** Name of the instance. */
  declare readonly name: pulumi.Output<string>;
  /** Instance type, `family.size`, such as `standard.tiny`. A change stops the instance, scales it and starts it again; one that is declared `stopped` stays stopped. Between standard, cpu and memory Exoscale decides, once the instance is stopped; if it refuses, the instance is started again as it was. Any other family is refused at preview, and so is a type that the zone does not have or that the account may not use. If a step in between fails, the error says that the instance is stopped, and the next `pulumi up` continues. */
  declare readonly type: pulumi.Output<string>;
  /** Template: its id, its name, or the beginning of a name that only one template of the zone has. Letter case does not count. Of several with one name, Exoscale's public ones go before the account's private ones, as in Exoscale's own tools, and the newest is taken. For a private one with the name of a public one, give its id. A name is looked up when an instance is created, so a newer build does not change an existing one. An id belongs to one zone. Templates that Exoscale no longer lists are found by id only. Another template makes a new instance, disk included: the API's operation that writes a template over a disk is never used. A change replaces the resource. */
  declare readonly template: pulumi.Output<string>;
  /** Size of the disk in GiB, 10 to 51,200, and not less than the template needs. Growing it stops the instance and starts it again; the file system inside grows at boot if the template's cloud-init does that. It cannot shrink: refused at preview. */
  declare readonly diskSize: pulumi.Output<number>;
  /** Keys of the account that may log in as the template's default user. Default: none. Each is a name, with the public key if you have it. The name alone, which is the `id` of an SshKeyPair, works where no compiler wants an object: in Python and JavaScript. In YAML write `- name: alice`, in Go `SshKeyReferenceArgs{Name: pulumi.String("alice")}`, in TypeScript `{ name: "alice" }`. They are installed at first boot and the API cannot change them afterwards. With a declared `connection` a change is made on the running machine: new keys are added and proven to be accepted, then old ones are removed, from root's file too, and proven to be refused. Keys that others added stay. Without a `connection` a change is refused, unless `replaceOnKeyChange` permits a new instance. Refused at preview for a template that installs no keys. A change is made in place over a declared `connection`; without one it is refused, unless `replaceOnKeyChange` permits a new instance. */
  declare readonly sshKeys: pulumi.Output<readonly SshKeyReference[] | undefined>;
  /** Security groups, by id or name. Default: the account's `default` group, and changes by others are left alone. An empty list is no group at all. Changes in place: new groups are added before old ones are removed. Not with `publicIpAssignment: none`: Exoscale ignores the groups of such an instance, so they are refused. */
  declare readonly securityGroups: pulumi.Output<readonly string[] | undefined>;
  /** Anti-affinity groups, by id or name: instances of one group run on different hosts. Default: none. Other groups make a new instance, disk included. A change replaces the resource. */
  declare readonly antiAffinityGroups: pulumi.Output<readonly string[] | undefined>;
  /** User data for the first-boot agent, such as cloud-init: plain text, or base64. Base64 is sent as it is if it decodes to something that such an agent knows (it begins with `#`, `Content-Type:`, `MIME-Version:`, `{`, `<`, `rem cmd`, `version:` or `---`, or is gzip); everything else is encoded, with a warning if it looks like base64. So give binary data, such as gzip of a cloud-config, as base64. At most 32,768 bytes of base64, which is 24,576 bytes of text. Always a secret. A change is made in place. The agent sees it at the next boot, if it reads user data again; the instance is not restarted. User data cannot be removed: refused at preview. Always a secret. */
  declare readonly userData: pulumi.Output<string | undefined>;
  /** Labels, names and values. Default: none. All of them are managed: labels that others set are removed, except those that begin with `exoscale-ssh.`, which are reserved for this provider. Change in place. */
  declare readonly labels: pulumi.Output<Readonly<Record<string, string>> | undefined>;
  /**
   * Public addresses. Default `inet4`. From `inet4` to `dual` changes in place, and `ipv6Address` appears; the guest may have to be restarted to use it. From `dual` to `inet4` is refused at preview, because Exoscale cannot remove an IPv6 address. Exoscale does not document whether it permits a change from or to `none`: the change is requested, and is an error if Exoscale refuses it or leaves the addresses as they are.
   *
   * - `inet4`: An IPv4 address.
   * - `dual`: An IPv4 and an IPv6 address.
   * - `none`: No public address.
   */
  declare readonly publicIpAssignment: pulumi.Output<"inet4" | "dual" | "none">;
  /** State that the API has, such as running, stopped or error. */
  declare readonly state: pulumi.Output<string>;
  /** If true, Exoscale refuses to delete the instance, for every client: this program, another one, the console. Default false. Changes in place. To delete a protected instance, set it to false, run `pulumi up`, and then delete it. A change that would replace it is refused at preview, but `pulumi up --replace` is not noticed there and fails at its end. Exoscale does not say whether an instance is protected, so `pulumi refresh` does not see a protection that others set or remove. Pulumi's resource option `protect` is something else: it is in the stack's state, stops only Pulumi and only this stack, and is checked before anything is done. Use both where both matter. */
  declare readonly deletionProtection: pulumi.Output<boolean | undefined>;
  /** How to log in to the instance, for what this package does over SSH: a change of `sshKeys`, and `waitForSsh` through a bastion. All of it is a secret. Default: the instance's public address, the template's default user, the provider's `sshPort`. Always a secret. */
  declare readonly connection: pulumi.Output<Connection | undefined>;
  /** Make a new instance, disk included, when `sshKeys` changes. Default false: the change is refused at preview. */
  declare readonly replaceOnKeyChange: pulumi.Output<boolean>;
  /** Permits a change of `sshKeys` that removes the last key known to open the machine. Default false: nothing is removed then, and the update fails. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;
  /** End the SSH sessions of the template's default user, our own aside, when a change of `sshKeys` removes a key: removing a key does not end a session that it opened. It ends the sessions of everybody who logs in as that user; they can log in again with a key that stays. Default false. */
  declare readonly terminateSessions: pulumi.Output<boolean | undefined>;
  /** The creation waits until sshd answers, and remembers its host key (`hostKeys`, `knownHosts`). Default false. It connects from where Pulumi runs, so a security group has to permit that. For an instance that is created `stopped`, the update that starts it waits. If this becomes true while no host key is known, the update waits. */
  declare readonly waitForSsh: pulumi.Output<boolean>;
  /** Pins the host key before the first connection, instead of trusting the first machine that answers. The provider generates a host key and gives it to the new instance through cloud-init; the first login accepts no other. Over that login the host generates its own host keys, and one of them is remembered (`hostKeys`, `knownHosts`). The user data is then replaced by one without the first key: `userData`, or `#cloud-config` and `{}` if that is not given. From then on the first key proves nothing; it is never in the state. Default false. It needs a running instance, a template with cloud-init and OpenSSH, `userData` (if any) that cloud-init understands and that has no `ssh_keys`, and a `connection` that logs in as a user who may use `sudo`; it connects from where Pulumi runs, as `waitForSsh` does. If it fails, the instance is in the state and the next `pulumi up` continues. A change touches nothing on an instance that exists. */
  declare readonly pinHostKey: pulumi.Output<boolean | undefined>;
  /** How long an operation may take, in seconds, before it is an error. Exoscale continues what it has begun: an instance whose creation took too long is in the state, and the next `pulumi up` continues with it. A change touches nothing. */
  declare readonly timeouts: pulumi.Output<Timeouts | undefined>;
  /** Identifier of the instance in the account. */
  declare readonly instanceId: pulumi.Output<string>;
  /** Identifier of the template that the instance started from. */
  declare readonly templateId: pulumi.Output<string | undefined>;
  /** IPv4 address; absent without a public address. */
  declare readonly publicIp: pulumi.Output<string | undefined>;
  /** IPv6 address; absent unless `publicIpAssignment` is `dual`. */
  declare readonly ipv6Address: pulumi.Output<string | undefined>;
  /** User to log in as: `connection.user`, else the template's default user. */
  declare readonly user: pulumi.Output<string | undefined>;
  /** Time of creation, ISO 8601 in UTC. */
  declare readonly createdAt: pulumi.Output<string | undefined>;
  /** Command that logs in, ready to paste: `ssh user@address`, through the bastion if there is one. The address is `connection.host`, else the public IPv4 address; absent without an address. Once a host key is known (`waitForSsh`), the command has it and expects it, so that OpenSSH 8.5 or newer does not ask whether to trust the host. It has quotes: a script runs it with `eval "$(pulumi stack output login)"`. */
  declare readonly sshCommand: pulumi.Output<string | undefined>;
  /** A `Host` block for `~/.ssh/config`, with the host key once that is known; absent without an address. */
  declare readonly sshConfig: pulumi.Output<string | undefined>;
  /** Lines for `known_hosts`, for each public address; absent until a host key is known (`waitForSsh`). */
  declare readonly knownHosts: pulumi.Output<string | undefined>;
  /** Host keys seen at the first connection, each `type base64`. Later connections must show one of them. */
  declare readonly hostKeys: pulumi.Output<readonly string[] | undefined>;
  /** Keys of first boot as the API lists them. The list may stay the same when the machine's keys change. */
  declare readonly bootSshKeys: pulumi.Output<readonly ListedKey[]>;
  /** The provider's record of the keys that the machine was given: at first boot, and over SSH since. */
  declare readonly heldKeys: pulumi.Output<readonly HeldKey[]>;
  /** Keys that the machine was given and the account no longer has: deleted there, valid here until proven refused. */
  declare readonly staleSshKeys: pulumi.Output<readonly ListedKey[]>;

  /**
   * @param name logical name within the stack
   * @param args what is declared; see {@link InstanceArgs}
   * @param opts Pulumi's own options
   */
  constructor(name: string, args: InstanceArgs, opts?: pulumi.CustomResourceOptions) {
    super(instanceProvider, resources.Instance, name, args, opts);
  }
}

/** What a program declares of a {@link SecurityGroup}. */
export interface SecurityGroupArgs {
  /** Name of the group in the account. Default: the resource's name, a dash and seven random hexadecimal digits. A change replaces the resource. */
  name?: pulumi.Input<string | undefined>;
  /** What the group is for, at most 255 characters. Default: none. A change replaces the resource. */
  description?: pulumi.Input<string | undefined>;
  /** All rules of the group. Any other rule found in the group is removed. Default: none, so nothing is let in. */
  rules?: pulumi.Input<pulumi.Input<SecurityGroupRuleArgs>[] | undefined>;
}

/** A security group and all of its rules. Exoscale lets no traffic in without a rule: SSH needs TCP port 22. */
export class SecurityGroup extends DescribedResource {
  /** Name of the group in the account. */
  declare readonly name: pulumi.Output<string>;
  /** What the group is for, at most 255 characters. Default: none. A change replaces the resource. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** All rules of the group. Any other rule found in the group is removed. Default: none, so nothing is let in. */
  declare readonly rules: pulumi.Output<readonly SecurityGroupRule[]>;
  /** Identifier of the group in the account. */
  declare readonly securityGroupId: pulumi.Output<string>;

  /**
   * @param name logical name within the stack
   * @param args what is declared; see {@link SecurityGroupArgs}
   * @param opts Pulumi's own options
   */
  constructor(name: string, args: SecurityGroupArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(securityGroupProvider, resources.SecurityGroup, name, args, opts);
  }
}

/** What a program declares of an {@link AuthorizedKey}. */
export interface AuthorizedKeyArgs {
  /** How to log in to the host. The whole value is a secret. Another `host` is another machine and replaces the resource: the key is added there before it is removed from the old host. Any other change is made in place and changes nothing on the host. Always a secret. A change of `host` replaces the resource; of anything else changes nothing on the host. */
  connection: pulumi.Input<HostConnectionArgs>;
  /** Account on the host that the key opens. Default: `connection.user`. For another account, `connection.user` needs `sudo` without a password. A change replaces the resource. */
  user?: pulumi.Input<string | undefined>;
  /** The key, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared by their decoded value: another comment or a trailing newline does not make another key. Another key replaces the resource: it is added before the old one is removed. The key of a FIDO security key (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`) is granted and proven as any other; `verify-required` and `no-touch-required` are options for it. A change replaces the resource. */
  publicKey: pulumi.Input<string | SshKeyPair>;
  /** Options of the line as in sshd(8), one item each: `from="192.0.2.0/24"`, `restrict`, `expiry-time="20271231"`, `command="..."`. Default: none. They are checked at preview. A change replaces the line in one step: at no moment is the key absent, or present without its options. Another line of the key, in any file that sshd reads, could let it in without them: it makes a creation fail, and a change removes it. */
  options?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Comment at the end of the line. Default: the comment of the key when the line is written; later changes by others are left alone. */
  comment?: pulumi.Input<string | undefined>;
  /** Permits removing the last key that is known to open the account, and giving the key that logs in options that lock it out. Default false: both fail, and the line stays as it is. */
  allowLockout?: pulumi.Input<boolean | undefined>;
  /** End the SSH sessions of `user` when the key is removed, except the provider's own. Removing a key does not end a session that it opened. This ends the sessions of everybody who logs in as that user. Default false. */
  terminateSessions?: pulumi.Input<boolean | undefined>;
}

/** One public key on one account of one host that is reached over SSH, at Exoscale or elsewhere. It is added to `authorized_keys` and proven to be accepted. On deletion it is removed there and proven to be refused. */
export class AuthorizedKey extends DescribedResource {
  /** How to log in to the host. The whole value is a secret. Another `host` is another machine and replaces the resource: the key is added there before it is removed from the old host. Any other change is made in place and changes nothing on the host. Always a secret. A change of `host` replaces the resource; of anything else changes nothing on the host. */
  declare readonly connection: pulumi.Output<HostConnection>;
  /** Account on the host that the key opens. */
  declare readonly user: pulumi.Output<string>;
  /** The key, one line in OpenSSH's format (`ssh-ed25519 AAAA... comment`). Keys are compared by their decoded value: another comment or a trailing newline does not make another key. Another key replaces the resource: it is added before the old one is removed. The key of a FIDO security key (`sk-ssh-ed25519@openssh.com`, `sk-ecdsa-sha2-nistp256@openssh.com`) is granted and proven as any other; `verify-required` and `no-touch-required` are options for it. A change replaces the resource. */
  declare readonly publicKey: pulumi.Output<string>;
  /** Options of the line as in sshd(8), one item each: `from="192.0.2.0/24"`, `restrict`, `expiry-time="20271231"`, `command="..."`. Default: none. They are checked at preview. A change replaces the line in one step: at no moment is the key absent, or present without its options. Another line of the key, in any file that sshd reads, could let it in without them: it makes a creation fail, and a change removes it. */
  declare readonly options: pulumi.Output<readonly string[] | undefined>;
  /** Comment at the end of the line. Default: the comment of the key when the line is written; later changes by others are left alone. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** Permits removing the last key that is known to open the account, and giving the key that logs in options that lock it out. Default false: both fail, and the line stays as it is. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;
  /** End the SSH sessions of `user` when the key is removed, except the provider's own. Removing a key does not end a session that it opened. This ends the sessions of everybody who logs in as that user. Default false. */
  declare readonly terminateSessions: pulumi.Output<boolean | undefined>;
  /** SHA256 fingerprint of the key as `ssh-keygen -l` shows it: `SHA256:` and 43 characters. */
  declare readonly fingerprintSha256: pulumi.Output<string>;
  /** Host key that the host showed, `type base64`. It is remembered at the first contact, and the host must show it at every later connection, unless `connection.hostKey` says otherwise. */
  declare readonly hostKey: pulumi.Output<string>;

  /**
   * @param name logical name within the stack
   * @param args what is declared; see {@link AuthorizedKeyArgs}
   * @param opts Pulumi's own options
   */
  constructor(name: string, args: AuthorizedKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(authorizedKeyProvider, resources.AuthorizedKey, name, args, opts);
  }
}

/** Arguments of {@link getSshKeyPair}. An SSH key that the account has, by its name. */
export interface GetSshKeyPairArgs {
  /** Name of the key in the account. */
  readonly name: string;
}

/** Answer of {@link getSshKeyPair}. */
export interface GetSshKeyPairResult {
  /** Name of the key in the account. */
  readonly name: string;
  /** MD5 fingerprint. The API returns no more of a key: the public key itself cannot be read back. */
  readonly publicKeyFingerprintMd5: string;
}

/** Arguments of {@link getTemplate}. A template of a zone. Of several builds with one name the newest is taken, and Exoscale's before the account's own. */
export interface GetTemplateArgs {
  /** Zone, such as `ch-gva-2`. Default: the provider's `zone`. */
  readonly zone?: string | undefined;
  /** Id, name, or the beginning of a name that only one template of the zone has. */
  readonly template: string;
}

/** Answer of {@link getTemplate}. */
export interface GetTemplateResult {
  /** Identifier of the template. */
  readonly id: string;
  /** Full name of the template. */
  readonly name: string;
  /** Zone of the template. */
  readonly zone: string;
  /** User that gets the SSH keys, such as `debian`. */
  readonly defaultUser?: string | undefined;
  /** Whether its instances install SSH keys at the first boot. */
  readonly sshKeyEnabled: boolean;
  /** Smallest disk that the template fits on, in GiB. */
  readonly smallestDisk: number;
  /** Owner of the template: `public` for Exoscale, `private` for the account. */
  readonly visibility: string;
}

/** Arguments of {@link getInstanceType}. An instance type that a zone offers to the account. */
export interface GetInstanceTypeArgs {
  /** Zone, such as `ch-gva-2`. Default: the provider's `zone`. */
  readonly zone?: string | undefined;
  /** Family, a dot and size, such as `standard.tiny`. */
  readonly type: string;
}

/** Answer of {@link getInstanceType}. */
export interface GetInstanceTypeResult {
  /** Identifier of the type. */
  readonly id: string;
  /** Family, a dot and size: `standard.tiny`. */
  readonly type: string;
  /** Family, such as `standard`. An instance is scaled within it; between standard, cpu and memory Exoscale decides. */
  readonly family: string;
  /** Size, such as `tiny`. */
  readonly size: string;
  /** Number of virtual CPUs. */
  readonly cpus?: number | undefined;
  /** Memory in bytes. */
  readonly memory?: number | undefined;
}

/** Arguments of {@link getZones}. The zones of Exoscale. Needs no credentials. */
export type GetZonesArgs = Record<string, never>;

/** Answer of {@link getZones}. */
export interface GetZonesResult {
  /** Names of the zones, such as `ch-gva-2`, sorted. */
  readonly zones: readonly string[];
}

/** Arguments of {@link getKeyHolders}. The instances and instance pools, in every zone, that were given a key. They are found by the keys that the API lists (those of the first boot) and by the labels of this provider. Only `probe` finds out whether they still accept the key. */
export interface GetKeyHoldersArgs {
  /** Name of the key in the account. */
  readonly name?: string | undefined;
  /** Fingerprint of the key, or the whole line that `ssh-keygen -l` prints: MD5, or SHA256. Exoscale knows MD5 only, so SHA256 finds the instances to which this provider gave the key. MD5 or the public key finds all. */
  readonly fingerprint?: string | undefined;
  /** The public key itself. Both fingerprints follow from it, and `probe` needs it. */
  readonly publicKeyOpenssh?: string | undefined;
  /** Ask every holder over SSH whether it accepts the key, for its default user and for root. Needs `publicKeyOpenssh`. The ssh-agent, if there is one, logs in after the question where the host key is known: newer versions of sshd lock out an address that only asks. Without a login there are five or ten seconds between two questions to a host. Default false, because each probe, at every preview, leaves a line in the logs of those machines. */
  readonly probe?: boolean | undefined;
}

/** Answer of {@link getKeyHolders}. */
export interface GetKeyHoldersResult {
  /** The instances and pools that were given the key, in every zone. */
  readonly holders: readonly KeyHolder[];
}
