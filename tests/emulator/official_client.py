"""Drives the emulator with Exoscale's own Python client and holds each answer against the API document in it.

Prints, as JSON, what one instance said over SSH and every deviation from the document.
Needs the PyPI packages `exoscale` and `jsonschema`; the EXOSCALE_* variables say where the emulator is.
"""

import json
import os
import sys
from pathlib import Path

import exoscale
import exoscale.api.v2 as v2
import jsonschema

SPEC = json.loads((Path(exoscale.__file__).parent / "openapi.json").read_text())
OPERATIONS = {o["operationId"]: o for path in SPEC["paths"].values() for o in path.values() if "operationId" in o}
v2._sleep = lambda _started: None  # its first poll would come after three seconds

client = v2.Client(
    os.environ["EXOSCALE_API_KEY"], os.environ["EXOSCALE_API_SECRET"], url=os.environ["EXOSCALE_API_ENDPOINT"]
)
deviations = set()


def undeclared(schema, value, path):
    while "$ref" in schema:
        schema = SPEC["components"]["schemas"][schema["$ref"].split("/")[-1]]
    if isinstance(value, dict) and "properties" in schema:
        for name, member in value.items():
            if name in schema["properties"]:
                yield from undeclared(schema["properties"][name], member, f"{path}.{name}")
            else:
                yield f"{path}.{name} is not declared"
    if isinstance(value, list) and "items" in schema:
        for item in value:
            yield from undeclared(schema["items"], item, path)


def call(operation, **arguments):
    answer = getattr(client, operation.replace("-", "_"))(**arguments)
    schema = OPERATIONS[operation]["responses"]["200"]["content"]["application/json"]["schema"]
    check = jsonschema.Draft4Validator({**schema, "components": SPEC["components"]})
    deviations.update(f"{operation}: {error.message}" for error in check.iter_errors(answer))
    deviations.update(f"{operation}: {what}" for what in undeclared(schema, answer, ""))
    return answer


def settle(operation, **arguments):
    return client.wait(call(operation, **arguments)["id"]).get("reference", {}).get("id")


call("list-zones")
template = call("list-templates", visibility="public", family="Linux Debian")["templates"][0]
types = call("list-instance-types")["instance-types"]
call("get-template", id=template["id"])
call("get-instance-type", id=types[0]["id"])
call("register-ssh-key", name="official", public_key=sys.argv[1])
call("get-ssh-key", name="official")
call("list-ssh-keys")

group = settle("create-security-group", name="ssh")
settle("add-rule-to-security-group", id=group, flow_direction="ingress", protocol="tcp", network="0.0.0.0/0", start_port=22, end_port=22)
call("get-security-group", id=group)
call("list-security-groups")
apart = settle("create-anti-affinity-group", name="apart")
call("list-anti-affinity-groups")

order = {"disk_size": 10, "instance_type": {"id": types[1]["id"]}, "template": {"id": template["id"]}, "ssh_keys": [{"name": "official"}]}
groups = {"security_groups": [{"id": group}], "anti_affinity_groups": [{"id": apart}]}
web = settle("create-instance", name="web", labels={"a": "b"}, public_ip_assignment="dual", **groups, **order)
instance = call("get-instance", id=web)
call("list-instances", labels="a:b")
call("get-anti-affinity-group", id=apart)
settle("update-instance", id=web, name="renamed")
settle("stop-instance", id=web)
settle("scale-instance", id=web, instance_type={"id": types[2]["id"]})
settle("resize-instance-disk", id=web, disk_size=20)
settle("start-instance", id=web)
settle("reset-instance-field", id=web, field="labels")

pool = settle("create-instance-pool", name="pool", size=2, **order)
call("get-instance-pool", id=pool)
call("list-instance-pools")
settle("scale-instance-pool", id=pool, size=1)
settle("delete-instance-pool", id=pool)
settle("delete-instance", id=web)
call("delete-ssh-key", name="official")
print(json.dumps({"keys": [key["name"] for key in instance["ssh-keys"]], "deviations": sorted(deviations)}))
