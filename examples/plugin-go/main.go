package main

import (
	exoscale "example.com/pulumi-exoscale-ssh/sdk/go/exoscalessh"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() { pulumi.Run(deploy) }

func deploy(ctx *pulumi.Context) error {
	// Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
	alice, err := exoscale.NewSshKeyPair(ctx, "alice", nil)
	if err != nil {
		return err
	}
	bob, err := exoscale.NewSshKeyPair(ctx, "bob", nil)
	if err != nil {
		return err
	}

	// Exoscale lets nothing in unless a rule says so.
	ssh, err := exoscale.NewSecurityGroup(ctx, "ssh", &exoscale.SecurityGroupArgs{
		Rules: exoscale.SecurityGroupRuleArray{exoscale.SecurityGroupRuleArgs{
			Protocol:  exoscale.ProtocolTcp,
			StartPort: pulumi.Int(22),
			Network:   pulumi.String("0.0.0.0/0"), // from anywhere: put your own network here
		}},
	})
	if err != nil {
		return err
	}

	web, err := exoscale.NewInstance(ctx, "web", &exoscale.InstanceArgs{
		Zone:     pulumi.String("ch-gva-2"),
		Type:     pulumi.String("standard.tiny"),
		Template: pulumi.String("Linux Debian 13"),
		DiskSize: pulumi.Int(10),
		// The keys of the machine. A key that leaves this list is taken off the machine and proven to be refused.
		SshKeys: exoscale.SshKeyReferenceArray{
			exoscale.SshKeyReferenceArgs{Name: alice.Name, PublicKeyOpenssh: alice.PublicKeyOpenssh},
			exoscale.SshKeyReferenceArgs{Name: bob.Name, PublicKeyOpenssh: bob.PublicKeyOpenssh},
		},
		SecurityGroups: pulumi.StringArray{ssh.ID()},
		// Pulumi logs in with this to change the keys. Exoscale installs keys at first boot only.
		Connection: exoscale.ConnectionArgs{PrivateKey: alice.PrivateKeyOpenssh},
		WaitForSsh: pulumi.Bool(true),
	})
	if err != nil {
		return err
	}

	ctx.Export("instance", web.Name)
	ctx.Export("login", web.SshCommand)
	ctx.Export("knownHosts", web.KnownHosts)
	ctx.Export("alicePrivateKey", alice.PrivateKeyOpenssh)
	ctx.Export("bobPrivateKey", bob.PrivateKeyOpenssh)
	return nil
}
