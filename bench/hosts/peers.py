"""Removes one line from two files of many hosts with another tool, which proves nothing.

Its arguments are the tool and a file with the run. It prints a line of JSON with the tool's own times, in milliseconds,
from the start of the tool to its end.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time


def run_pyinfra(run, folder):
    from pyinfra.api import Config, Inventory, State
    from pyinfra.api.connect import connect_all
    from pyinfra.api.operation import add_op
    from pyinfra.api.operations import run_ops
    from pyinfra.operations import files

    hosts = [
        (
            f"host-{index}",
            {
                "ssh_hostname": host["host"],
                "ssh_port": host["port"],
                "ssh_user": host["user"],
                "ssh_key": run["key"],
                "ssh_known_hosts_file": run["known_hosts"],
                "_sudo": True,
            },
        )
        for index, host in enumerate(run["hosts"])
    ]
    state = State(Inventory((hosts, {})), Config(PARALLEL=run["concurrency"]))
    connect_all(state)
    for path in run["files"]:
        add_op(state, files.line, path=path, line=f".*{run['base64']}.*", present=False)
    run_ops(state)
    return len(state.failed_hosts)


def run_ansible(run, folder):
    inventory = {
        f"host-{index}": {
            "ansible_host": host["host"],
            "ansible_port": host["port"],
            "ansible_user": host["user"],
            "ansible_ssh_private_key_file": run["key"],
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        for index, host in enumerate(run["hosts"])
    }
    tasks = [
        {"ansible.builtin.lineinfile": {"path": path, "regexp": run["base64"].replace("+", "[+]"), "state": "absent"}}
        for path in run["files"]
    ]
    play = [{"hosts": "all", "gather_facts": False, "become": True, "tasks": tasks}]
    paths = {name: os.path.join(folder, name) for name in ("inventory.json", "play.json")}
    for name, content in (("inventory.json", {"all": {"hosts": inventory}}), ("play.json", play)):
        with open(paths[name], "w") as file:
            json.dump(content, file)
    environment = {
        **os.environ,
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_SSH_ARGS": f"-o UserKnownHostsFile={run['known_hosts']} -o ControlMaster=auto -o ControlPersist=30s",
        "ANSIBLE_HOME": folder,
        "ANSIBLE_NOCOLOR": "1",
    }
    # Not bin/ansible-playbook: it names the directory that was renamed after the installation.
    command = [
        *(sys.executable, "-m", "ansible", "playbook"),
        *("-i", paths["inventory.json"], "-f", str(run["concurrency"]), paths["play.json"]),
    ]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    return 0 if ended.returncode == 0 else ended.stdout[-500:] + ended.stderr[-500:]


def run_parallel_ssh(run, folder):
    from pssh.clients import ParallelSSHClient
    from pssh.config import HostConfig

    configs = [HostConfig(port=host["port"], user=host["user"], private_key=run["key"]) for host in run["hosts"]]
    client = ParallelSSHClient(
        [host["host"] for host in run["hosts"]], host_config=configs, pool_size=run["concurrency"]
    )
    command = f"sudo -n sed -i '\\|{run['base64']}|d' {' '.join(run['files'])}"
    outputs = client.run_command(command)
    client.join(outputs)
    return sum(1 for output in outputs if output.exit_code != 0)


TOOLS = {"pyinfra": run_pyinfra, "ansible": run_ansible, "parallel-ssh": run_parallel_ssh}


def main():
    tool, path = sys.argv[1:]
    with open(path) as file:
        run = json.load(file)
    before = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        failed = TOOLS[tool](run, folder)
    wall = time.monotonic() - before
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    print(json.dumps({"wall": wall * 1000, "processor": processor * 1000, "failed": failed}))


main()
