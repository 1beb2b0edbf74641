using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What Kubernetes gives to parts of a cluster that run outside the server.</summary>
internal static class DefaultComponentRoles
{
    private const string Read = "get list watch";

    public static V1ClusterRole Scheduler() => DefaultClusterRoles.Role("system:kube-scheduler",
        Rule("|events.k8s.io", "events", "create patch update"),
        Rule("coordination.k8s.io", "leases", "create"),
        Rule("coordination.k8s.io", "leases", "get update", "kube-scheduler"),
        Rule("", "nodes", Read),
        Rule("", "pods", "delete get list watch"),
        Rule("", "bindings pods/binding", "create"),
        Rule("", "pods/status", "patch update"),
        Rule("", "replicationcontrollers services", Read),
        Rule("apps|extensions", "replicasets", Read),
        Rule("apps", "statefulsets", Read),
        Rule("policy", "poddisruptionbudgets", Read),
        Rule("", "persistentvolumeclaims persistentvolumes", Read),
        Rule("authentication.k8s.io", "tokenreviews", "create"),
        Rule("authorization.k8s.io", "subjectaccessreviews", "create"),
        Rule("storage.k8s.io", "csinodes", Read),
        Rule("", "namespaces", Read),
        Rule("storage.k8s.io", "csidrivers", Read),
        Rule("storage.k8s.io", "csistoragecapacities", Read));

    public static V1ClusterRole Node() => DefaultClusterRoles.Role("system:node",
        Rule("authentication.k8s.io", "tokenreviews", "create"),
        Rule("authorization.k8s.io", "localsubjectaccessreviews subjectaccessreviews", "create"),
        Rule("", "services", Read),
        Rule("", "nodes", "create get list watch"),
        Rule("", "nodes/status", "patch update"),
        Rule("", "nodes", "patch update"),
        Rule("", "events", "create patch update"),
        Rule("", "pods", Read),
        Rule("", "pods", "create delete"),
        Rule("", "pods/status", "patch update"),
        Rule("", "pods/eviction", "create"),
        Rule("", "configmaps secrets", Read),
        Rule("", "persistentvolumeclaims persistentvolumes", "get"),
        Rule("", "endpoints", "get"),
        Rule("certificates.k8s.io", "certificatesigningrequests", "create get list watch"),
        Rule("coordination.k8s.io", "leases", "create delete get patch update"),
        Rule("storage.k8s.io", "volumeattachments", "get"),
        Rule("", "serviceaccounts/token", "create"),
        Rule("", "persistentvolumeclaims/status", "get patch update"),
        Rule("storage.k8s.io", "csidrivers", Read),
        Rule("storage.k8s.io", "csinodes", "create delete get patch update"),
        Rule("node.k8s.io", "runtimeclasses", Read));

    private static V1PolicyRule Rule(string groups, string resources, string verbs, string? name = null)
        => DefaultClusterRoles.Rule(groups, resources, verbs, name);
}
