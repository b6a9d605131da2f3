import pulumi
from pulumi_exoscale_ssh import Instance, Protocol, SecurityGroup, SshKeyPair

# Two people. Each gets a key that is made here; the private half goes into the stack's secrets and nowhere else.
alice = SshKeyPair("alice")
bob = SshKeyPair("bob")

# Exoscale lets nothing in unless a rule says so.
ssh = SecurityGroup(
    "ssh",
    # From anywhere: put your own network here.
    rules=[{"protocol": Protocol.TCP, "start_port": 22, "network": "0.0.0.0/0"}],
)

web = Instance(
    "web",
    zone="ch-gva-2",
    type="standard.tiny",
    template="Linux Debian 13",
    disk_size=10,
    # The keys of the machine. A key that leaves this list is taken off the machine and proven to be refused.
    ssh_keys=[{"name": key.name, "public_key_openssh": key.public_key_openssh} for key in (alice, bob)],
    security_groups=[ssh.id],
    # Pulumi logs in with this to change the keys. Exoscale installs keys at first boot only.
    connection={"private_key": alice.private_key_openssh},
    wait_for_ssh=True,
)

pulumi.export("instance", web.name)
pulumi.export("login", web.ssh_command)
pulumi.export("knownHosts", web.known_hosts)
pulumi.export("alicePrivateKey", alice.private_key_openssh)
pulumi.export("bobPrivateKey", bob.private_key_openssh)
