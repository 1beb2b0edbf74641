"""usage: client.py KUBECONFIG

What a user of the official Python client does with a cluster. Prints a line for each thing that worked.
"""
import json
import sys
import time

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream

NAMESPACE = "py-client"
config.load_kube_config(sys.argv[1])
core = client.CoreV1Api()
apiextensions = client.ApiextensionsV1Api()
custom = client.CustomObjectsApi()


def done(what):
    print("ok", what, flush=True)


def code_of(call, *arguments, **more):
    try:
        call(*arguments, **more)
        return 200
    except ApiException as error:
        return error.status


def equal(seen, expected):
    assert seen == expected, f"seen {seen!r}, expected {expected!r}"


def eventually(what, look, is_so=bool):
    """Waits for a condition; fails with what was seen last."""
    deadline = time.monotonic() + 30
    while True:
        seen = look()
        if is_so(seen):
            return seen
        assert time.monotonic() < deadline, f"{what}: last seen {seen!r}"
        time.sleep(0.05)


def config_map(name, data=None, labels=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


def patch(body, content_type, **more):
    """The generated methods choose the type of a patch by the shape of the body; this says it."""
    path = f"/api/v1/namespaces/{NAMESPACE}/configmaps/cm-0"
    return core.api_client.call_api(
        path, "PATCH", query_params=list(more.items()), body=body, response_type="V1ConfigMap",
        header_params={"Content-Type": content_type, "Accept": "application/json"}, auth_settings=["BearerToken"],
        _return_http_data_only=True)


def create_and_list():
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NAMESPACE)))
    for n in range(5):
        core.create_namespaced_config_map(NAMESPACE, config_map(f"cm-{n}", {"n": str(n)}, {"even": str(n % 2 == 0).lower()}))
    equal(core.read_namespaced_config_map("cm-3", NAMESPACE).data["n"], "3")
    equal(code_of(core.create_namespaced_config_map, NAMESPACE, config_map("cm-3")), 409)
    equal(code_of(core.read_namespaced_config_map, "none", NAMESPACE), 404)
    done("create")

    even = core.list_namespaced_config_map(NAMESPACE, label_selector="even=true")
    equal([one.metadata.name for one in even.items], ["cm-0", "cm-2", "cm-4"])
    names, token = [], None
    while token != "":
        page = core.list_namespaced_config_map(NAMESPACE, label_selector="even", limit=2, _continue=token)
        names += [one.metadata.name for one in page.items]
        token = page.metadata._continue or ""
    equal(names, [f"cm-{n}" for n in range(5)])
    done("list")


def patches():
    equal(patch([{"op": "add", "path": "/data/json", "value": "a"}], "application/json-patch+json").data["json"], "a")
    equal("json" in patch({"data": {"merge": "b", "json": None}}, "application/merge-patch+json").data, False)
    equal(patch({"data": {"strategic": "c"}}, "application/strategic-merge-patch+json").data["merge"], "b")
    equal(core.patch_namespaced_config_map("cm-0", NAMESPACE, {"data": {"plain": "d"}}).data["plain"], "d")
    done("patch")

    def apply(data, manager):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm-0"}, "data": data}
        # As text: this client sends only JSON types as objects.
        return patch(json.dumps(body), "application/apply-patch+yaml", fieldManager=manager)

    equal(apply({"mine": "1"}, "python").data["mine"], "1")
    equal(code_of(apply, {"mine": "2"}, "other"), 409)
    after = apply({"yours": "1"}, "python").data
    equal([after.get("mine"), after.get("yours"), after.get("merge")], [None, "1", "b"])
    done("apply")


def outlive_history():
    """History is kept up to a number of bytes: this writes more, so that what was before can no longer be watched."""
    core.create_namespaced_config_map(NAMESPACE, config_map("large"))
    for n in range(24):
        core.replace_namespaced_config_map("large", NAMESPACE, config_map("large", {"n": str(n), "large": "x" * 900_000}))


def first_event(version, do):
    """The first event of watched ConfigMaps after a version; `do` runs when it is known that the watch is there."""
    watcher = watch.Watch()
    do()
    for event in watcher.stream(
            core.list_namespaced_config_map, NAMESPACE, label_selector="watched", resource_version=version, timeout_seconds=30):
        watcher.stop()
        return event["type"], event["object"].metadata.name
    raise AssertionError("no event within 30 s")


def watches():
    start = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
    seen = first_event(
        start, lambda: core.create_namespaced_config_map(NAMESPACE, config_map("first", labels={"watched": "yes"})))
    equal(seen, ("ADDED", "first"))

    outlive_history()
    equal(code_of(lambda: first_event(start, lambda: None)), 410)
    fresh = core.list_namespaced_config_map(NAMESPACE, label_selector="watched")
    equal([one.metadata.name for one in fresh.items], ["first"])
    seen = first_event(fresh.metadata.resource_version, lambda: core.delete_namespaced_config_map("first", NAMESPACE))
    equal(seen, ("DELETED", "first"))
    done("watch")


def custom_resources():
    group, version, plural = "py.example.com", "v1", "gadgets"
    schema = {
        "type": "object",
        "properties": {
            "spec": {"type": "object", "properties": {"size": {"type": "integer", "minimum": 1, "default": 3}}},
            "status": {"type": "object", "properties": {"phase": {"type": "string"}}},
        },
    }
    apiextensions.create_custom_resource_definition({
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": "gadget", "kind": "Gadget"},
            "versions": [{
                "name": version, "served": True, "storage": True, "subresources": {"status": {}}, "schema": {"openAPIV3Schema": schema}}],
        },
    })
    place = (group, version, NAMESPACE, plural)
    eventually("the kind is served", lambda: code_of(custom.list_namespaced_custom_object, *place), lambda code: code == 200)

    gadget = {"apiVersion": f"{group}/{version}", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {}}
    equal(custom.create_namespaced_custom_object(*place, gadget)["spec"]["size"], 3)
    equal(code_of(custom.patch_namespaced_custom_object, *place, "g", {"spec": {"size": 0}}), 422)
    custom.patch_namespaced_custom_object_status(*place, "g", {"status": {"phase": "Ready"}})
    equal(custom.get_namespaced_custom_object(*place, "g")["status"], {"phase": "Ready"})
    custom.delete_namespaced_custom_object(*place, "g")
    apiextensions.delete_custom_resource_definition(f"{plural}.{group}")
    eventually("the kind is gone", lambda: code_of(custom.list_namespaced_custom_object, *place), lambda code: code == 404)
    done("custom resources")


def run(*command):
    """What a command in the pod prints, and its exit code."""
    session = stream(
        core.connect_get_namespaced_pod_exec, "shell", NAMESPACE, command=list(command), stdout=True, stderr=True, stdin=False,
        tty=False, _preload_content=False)
    session.run_forever(timeout=30)
    return session.read_stdout().strip(), session.returncode


def execs():
    container = client.V1Container(name="main", image="minikube/testbox", image_pull_policy="IfNotPresent", args=["sleep", "infinity"])
    core.create_namespaced_pod(
        NAMESPACE, client.V1Pod(metadata=client.V1ObjectMeta(name="shell"), spec=client.V1PodSpec(containers=[container])))
    eventually(
        "the pod runs", lambda: core.read_namespaced_pod("shell", NAMESPACE).status.phase, lambda phase: phase == "Running")
    equal(run("echo", "hello"), ("hello", 0))
    equal(run("false")[1], 1)
    core.delete_namespaced_pod("shell", NAMESPACE, grace_period_seconds=0)
    done("exec")


create_and_list()
patches()
watches()
custom_resources()
execs()
core.delete_namespace(NAMESPACE)
done("all")
