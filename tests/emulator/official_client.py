"""Drives every route of the emulator with Exoscale's own Python client, in two zones, and is refused where it should be.

Prints, as JSON, what it saw. Whether each exchange is what the API document allows is judged at the other end.
Needs the PyPI package `exoscale`; the EXOSCALE_* variables say where the emulator is, the argument is a public key.
"""

import json
import os
import sys

import exoscale.api.v2 as v2
from exoscale.api.exceptions import ExoscaleAPIException

v2._sleep = lambda _started: None  # its first poll would come after three seconds

KEY, SECRET = os.environ["EXOSCALE_API_KEY"], os.environ["EXOSCALE_API_SECRET"]
PUBLIC_KEY = sys.argv[1]
NOBODY = "00000000-0000-4000-8000-000000000000"

refusals = {}


def refused(what, work):
    """Notes how the client reports a refusal: the class of its exception, and the status of the answer."""
    try:
        work()
        refusals[what] = "accepted"
    except ExoscaleAPIException as error:
        status = error.response.status_code if error.response is not None else str(error)
        refusals[what] = f"{type(error).__name__} {status}"


def settle(client, operation):
    """Waits for the end of an operation; gives the id of what it was about, if it says so."""
    return client.wait(operation["id"]).get("reference", {}).get("id")


def order(client, **more):
    """The smallest order of an instance, with the client's first Debian and a small type."""
    template = client.list_templates(visibility="public", family="Linux Debian")["templates"][0]
    types = client.list_instance_types()["instance-types"]
    client.get_template(id=template["id"])
    client.get_instance_type(id=types[0]["id"])
    return {"disk_size": 10, "instance_type": {"id": types[1]["id"]}, "template": {"id": template["id"]}, **more}


def keys(client):
    settle(client, client.register_ssh_key(name="official", public_key=PUBLIC_KEY))
    client.get_ssh_key(name="official")
    client.list_ssh_keys()
    refused("a key that is none", lambda: client.register_ssh_key(name="bad", public_key="ssh-ed25519 AAAA"))
    refused("a taken name", lambda: client.register_ssh_key(name="official", public_key=PUBLIC_KEY))
    refused("an unknown key", lambda: client.get_ssh_key(name="nobody"))


def groups(client):
    group = settle(client, client.create_security_group(name="ssh", description="from anywhere"))
    open_ssh = {"flow_direction": "ingress", "protocol": "tcp", "start_port": 22, "end_port": 22}
    settle(client, client.add_rule_to_security_group(id=group, network="0.0.0.0/0", **open_ssh))
    settle(client, client.add_rule_to_security_group(id=group, security_group={"id": group}, **open_ssh))
    settle(client, client.add_rule_to_security_group(id=group, flow_direction="egress", protocol="icmp"))
    rule = client.get_security_group(id=group)["rules"][0]
    settle(client, client.delete_rule_from_security_group(id=group, rule_id=rule["id"]))
    client.list_security_groups()
    client.list_security_groups(visibility="public")
    refused("an operation that fails", lambda: settle(client, client.create_anti_affinity_group(name="unlucky")))
    apart = settle(client, client.create_anti_affinity_group(name="apart", description="on two hosts"))
    client.list_anti_affinity_groups()
    return group, apart


def instances(client, group, apart):
    with_all = order(
        client,
        name="web",
        ssh_keys=[{"name": "official"}],
        security_groups=[{"id": group}],
        anti_affinity_groups=[{"id": apart}],
        labels={"a": "b"},
        user_data="I2Nsb3VkLWNvbmZpZw==",
        public_ip_assignment="dual",
        auto_start=True,
    )
    web = settle(client, client.create_instance(**with_all))
    seen = client.get_instance(id=web)
    client.list_instances(labels="a:b")
    client.get_anti_affinity_group(id=apart)
    settle(client, client.update_instance(id=web, name="renamed", labels=None))
    settle(client, client.detach_instance_from_security_group(id=group, instance={"id": web}))
    settle(client, client.attach_instance_to_security_group(id=group, instance={"id": web}))
    settle(client, client.reboot_instance(id=web))
    larger = client.list_instance_types()["instance-types"][2]
    refused("another type while it runs", lambda: client.scale_instance(id=web, instance_type={"id": larger["id"]}))
    settle(client, client.stop_instance(id=web))
    settle(client, client.enable_tpm(id=web))
    settle(client, client.scale_instance(id=web, instance_type={"id": larger["id"]}))
    settle(client, client.resize_instance_disk(id=web, disk_size=20))
    settle(client, client.start_instance(id=web))
    settle(client, client.reset_instance_field(id=web, field="labels"))
    refused("a group in use", lambda: client.delete_security_group(id=group))
    settle(client, client.add_instance_protection(id=web))
    refused("deletion under protection", lambda: client.delete_instance(id=web))
    settle(client, client.remove_instance_protection(id=web))
    settle(client, client.delete_instance(id=web))
    refused("an instance that is gone", lambda: client.get_instance(id=web))
    refused("an unknown template", lambda: client.create_instance(**{**with_all, "template": {"id": NOBODY}}))
    refused("a disk that is too small", lambda: client.create_instance(**{**with_all, "disk_size": 1}))
    return [key["name"] for key in seen["ssh-keys"]]


def pools(client):
    pool = settle(client, client.create_instance_pool(name="pool", size=2, **order(client)))
    client.list_instance_pools()
    members = client.get_instance_pool(id=pool)["instances"]
    client.list_instances(manager_id=pool, manager_type="instance-pool")
    settle(client, client.update_instance_pool(id=pool, ssh_keys=[{"name": "official"}], description="of two"))
    settle(client, client.evict_instance_pool_members(id=pool, instances=[members[0]["id"]]))
    settle(client, client.scale_instance_pool(id=pool, size=3))
    settle(client, client.delete_instance_pool(id=pool))


def another_zone(client, zone):
    """An instance lives in one zone, a key in all: each zone is reached through the endpoint that GET /zone gives."""
    there = v2.Client(KEY, SECRET, url=zone["api-endpoint"])
    far = settle(there, there.create_instance(name="far", **order(there, ssh_keys=[{"name": "official"}])))
    refused("an instance of another zone", lambda: client.get_instance(id=far))
    refused("a template of another zone", lambda: client.create_instance(name="near", **order(there)))
    return {
        "here": [instance["name"] for instance in client.list_instances()["instances"]],
        "there": [instance["name"] for instance in there.list_instances()["instances"]],
    }


def main():
    client = v2.Client(KEY, SECRET, url=os.environ["EXOSCALE_API_ENDPOINT"])
    zones = client.list_zones()["zones"]
    refused("a wrong secret", lambda: v2.Client(KEY, "another", url=client.endpoint).list_ssh_keys())
    keys(client)
    group, apart = groups(client)
    listed_keys = instances(client, group, apart)
    settle(client, client.delete_security_group(id=group))
    settle(client, client.delete_anti_affinity_group(id=apart))
    pools(client)
    names = another_zone(client, zones[1])
    settle(client, client.delete_ssh_key(name="official"))
    print(json.dumps({"keys": listed_keys, "instances": names, "refusals": refusals}))


main()
