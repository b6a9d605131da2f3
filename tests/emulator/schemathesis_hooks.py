"""What is done to each request of Schemathesis before it is sent: it is about what exists, and it is signed.

Schemathesis makes ids up, so nearly every request would end with a 404. A well-formed id becomes that of an object that
exists; what does not exist is created. Every eighth id stays as it is. The EXOSCALE_* variables say where the emulator
is. FUZZED_SIGNATURE says which signature the requests have: `right`, `wrong` for that of another secret, or `none`.
"""

import os
import random
import re
from urllib.parse import parse_qsl, urlsplit

import requests
import schemathesis
from exoscale_auth import ExoscaleV2Auth

URL, KEY, SECRET = (os.environ[f"EXOSCALE_API_{name}"] for name in ("ENDPOINT", "KEY", "SECRET"))
SIGNATURE = os.environ["FUZZED_SIGNATURE"]
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

chance = random.Random(1)


class Signature(ExoscaleV2Auth):
    """That of Exoscale's own client. No client can sign a query with names that no header can have."""

    def __call__(self, request):
        if isinstance(request.body, str):
            request.body = request.body.encode()
        names = [name for name, _ in parse_qsl(urlsplit(request.url).query)]
        return super().__call__(request) if all(re.fullmatch(r"[a-z-]+", name) for name in names) else request


our_signature = Signature(KEY, SECRET)
if SIGNATURE != "none":
    schemathesis.auth.set_from_requests(our_signature if SIGNATURE == "right" else Signature(KEY, "another"))


def ask(method, path, body=None):
    """A request of our own, which must succeed."""
    answer = requests.request(method, f"{URL}{path}", json=body, auth=our_signature, timeout=60)
    answer.raise_for_status()
    return answer.json()


def id_of(noun):
    """The id of one of the last objects of this kind; a key's is its name. Creates an object if there is none."""
    if noun == "operation":
        return ask("POST", "/security-group", {"name": f"group-{chance.random()}"})["id"]
    known = ask("GET", f"/{noun}")[f"{noun}s"]
    if known:
        return chance.choice(known[-4:])["name" if noun == "ssh-key" else "id"]
    ask("POST", f"/{noun}", NEW[noun]())
    return id_of(noun)


def order():
    types = ask("GET", "/instance-type")["instance-types"]
    template = ask("GET", "/template")["templates"][0]["id"]
    return {"disk-size": 10, "instance-type": {"id": types[1]["id"]}, "template": {"id": template}}


NEW = {
    "ssh-key": lambda: {"name": "alice", "public-key": PUBLIC_KEY},
    "security-group": lambda: {"name": "ssh"},
    "anti-affinity-group": lambda: {"name": "apart"},
    "instance": order,
    "instance-pool": lambda: {**order(), "name": "pool", "size": 1},
}


def path_about_what_exists(noun, parameters):
    for name in ("id", "name"):
        value = parameters.get(name)
        if isinstance(value, str) and (name == "name" or UUID.fullmatch(value)) and chance.random() > 1 / 8:
            parameters[name] = id_of(noun)
            if "rule-id" in parameters:
                rules = ask("GET", f"/security-group/{parameters[name]}").get("rules", [])
                parameters["rule-id"] = next((rule["id"] for rule in rules), parameters["rule-id"])


# The members of bodies that refer to one object, and those that refer to several.
REFERENCES = ("instance", "instance-type", "template", "security-group", "ssh-key")
LISTS = {"security-groups": "security-group", "anti-affinity-groups": "anti-affinity-group", "ssh-keys": "ssh-key"}
# What else is rarely right by chance.
TEXTS = {"public-key": PUBLIC_KEY, "network": "10.0.0.0/8"}


def reference_to_what_exists(noun, value):
    name = "name" if noun == "ssh-key" else "id"
    is_reference = isinstance(value, dict) and isinstance(value.get(name), str)
    if not is_reference or (name == "id" and not UUID.fullmatch(value[name])) or chance.random() < 1 / 8:
        return value
    return {**value, name: id_of(noun)}


def body_about_what_exists(body):
    body = dict(body)
    for noun in REFERENCES:
        if noun in body:
            body[noun] = reference_to_what_exists(noun, body[noun])
    for name, noun in LISTS.items():
        if isinstance(body.get(name), list) and body[name]:
            # Only the first: two of the same would be refused.
            body[name] = [reference_to_what_exists(noun, body[name][0]), *body[name][1:]]
    if isinstance(body.get("instances"), list) and body["instances"]:
        body["instances"] = [id_of("instance"), *body["instances"][1:]]
    for name, text in TEXTS.items():
        if isinstance(body.get(name), str) and chance.random() < 1 / 2:
            body[name] = text
    return body


@schemathesis.hook
def before_call(context, case, kwargs):
    noun = re.match(r"/([a-z-]+)", case.operation.path).group(1)
    if case.path_parameters:
        path_about_what_exists(noun, case.path_parameters)
    if isinstance(case.body, dict):
        case.body = body_about_what_exists(case.body)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """501 is what the emulator says of what it does not have. An empty parameter of a query is one that is not given."""
    has_empty_value = any(value == "" for value in (case.query or {}).values())
    return response.status_code != 501 and not (has_empty_value and failure.title == "Schema-violating request accepted")
