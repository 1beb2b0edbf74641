using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What Kubernetes' controllers may do, each bound to a service account of its name in kube-system, new at every call. The controllers
/// here are parts of the server and need none of it; the roles are there for those who list them, and for controllers that are run
/// besides. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#controller-roles
/// </summary>
internal static class DefaultControllerRoles
{
    public const string Prefix = "system:controller:";

    private const string Read = "get list watch";
    private const string Follow = "list watch";
    private const string Change = "patch update";
    private const string Renew = "get list update watch";
    private const string Own = "create delete get list patch update watch";
    private const string LegacySigner = "kubernetes.io/legacy-unknown";
    private const string Apps = "apps|extensions";

    public static IEnumerable<V1ClusterRole> All =>
    [
        Role("attachdetach-controller", Events(), Core("persistentvolumeclaims persistentvolumes", Follow), Core("nodes", Read),
            Core("nodes/status", Change), Core("pods", Follow), Rule("storage.k8s.io", "volumeattachments", "create delete get list watch"),
            Rule("storage.k8s.io", "csidrivers csinodes", Read)),
        Role("certificate-controller", Events(), Rule("authorization.k8s.io", "subjectaccessreviews", "create"),
            Rule("certificates.k8s.io", "certificatesigningrequests", "delete get list watch"),
            Rule("certificates.k8s.io", "certificatesigningrequests/approval certificatesigningrequests/status", "update"),
            Signers("approve", CertificateSigners.NodeClient),
            Signers("sign", CertificateSigners.Client, CertificateSigners.NodeClient, CertificateSigners.NodeServing, LegacySigner)),
        Role("clusterrole-aggregation-controller", Rule(RbacTexts.Group, "clusterroles", "escalate get list patch update watch")),
        Role("cronjob-controller", Events(), Rule("batch", "cronjobs", Renew), Rule("batch", "jobs", Own),
            Rule("batch", "cronjobs/finalizers cronjobs/status", "update"), Core("pods", "delete list watch")),
        Role("daemon-set-controller", Events(), Rule(Apps, "daemonsets", Read),
            Rule(Apps, "daemonsets/finalizers daemonsets/status", "update"), Core("nodes", Follow),
            Core("pods", "create delete list patch watch"), Core("pods/binding", "create"), Rule("apps", "controllerrevisions", Own)),
        Role("deployment-controller", Events(), Rule(Apps, "deployments", Renew),
            Rule(Apps, "deployments/finalizers deployments/status", "update"), Rule(Apps, "replicasets", Own), Core("pods", Renew)),
        Role("disruption-controller", Events(), Rule(Apps, "deployments replicasets", Read), Core("replicationcontrollers", Read),
            Rule("policy", "poddisruptionbudgets", Read), Rule("apps", "statefulsets", Read),
            Rule("policy", "poddisruptionbudgets/status", "update"), Core("pods/status", Change), Rule("*", "*/scale", "get")),
        Role("endpoint-controller", Events(), Core("pods services", Read), Core("endpoints", "create delete get list update watch"),
            Core("endpoints/restricted", "create")),
        Role("endpointslice-controller", Events(), Core("nodes pods services", Read), Core("services/finalizers", "update"),
            Rule("discovery.k8s.io", "endpointslices", "create delete get list update watch")),
        Role("endpointslicemirroring-controller", Events(), Core("endpoints services", Read),
            Core("endpoints/finalizers services/finalizers", "update"),
            Rule("discovery.k8s.io", "endpointslices", "create delete get list update watch")),
        Role("ephemeral-volume-controller", Events(), Core("pods", Read), Core("pods/finalizers", "update"),
            Core("persistentvolumeclaims", "create get list watch")),
        Role("expand-controller", Events(), Core("persistentvolumes", "get list patch update watch"),
            Core("persistentvolumeclaims/status", Change), Core("persistentvolumeclaims", Read)),
        Role("generic-garbage-collector", Events(), Rule("*", "*", "delete get list patch update watch")),
        Role("horizontal-pod-autoscaler", Events(), Rule("autoscaling", "horizontalpodautoscalers", Read),
            Rule("autoscaling", "horizontalpodautoscalers/status", "update"), Rule("*", "*/scale", "get update"), Core("pods", Follow),
            Rule("metrics.k8s.io", "pods", Follow), Rule("custom.metrics.k8s.io", "*", Read), Rule("external.metrics.k8s.io", "*", Read)),
        Role("job-controller", Events(), Rule("batch", "jobs", "get list patch update watch"),
            Rule("batch", "jobs/finalizers jobs/status", "update"), Core("pods", "create delete list patch watch")),
        Role("legacy-service-account-token-cleaner", Core("secrets", "delete patch"),
            DefaultClusterRoles.Rule("", "configmaps", "get", "kube-apiserver-legacy-service-account-token-tracking")),
        Role("namespace-controller", Core("namespaces", "delete get list watch"), Core("namespaces/finalize namespaces/status", "update"),
            Rule("*", "*", "delete deletecollection get list watch")),
        Role("node-controller", Events(), Core("nodes", "delete get list patch update watch"), Core("nodes/status pods/status", Change),
            Core("pods", "delete get list watch")),
        Role("persistent-volume-binder", Events(), Core("persistentvolumes", "create delete get list update watch"),
            Core("persistentvolumeclaims/status persistentvolumes/status", "update"), Core("persistentvolumeclaims", Renew),
            Core("pods", "create delete get list watch"), Rule("storage.k8s.io", "storageclasses", Read), Core("nodes", Follow),
            Core("events", "watch")),
        Role("pod-garbage-collector", Core("pods", "delete list watch"), Core("nodes", Read), Core("pods/status", "patch")),
        Role("pv-protection-controller", Events(), Core("persistentvolumes", Renew)),
        Role("pvc-protection-controller", Events(), Core("persistentvolumeclaims", Renew), Core("persistentvolumeclaims/status", "update"),
            Core("pods", Read)),
        Role("replicaset-controller", Events(), Rule(Apps, "replicasets", Renew),
            Rule(Apps, "replicasets/finalizers replicasets/status", "update"), Core("pods", "create delete list patch watch")),
        Role("replication-controller", Events(), Core("replicationcontrollers", Renew),
            Core("replicationcontrollers/finalizers replicationcontrollers/status", "update"),
            Core("pods", "create delete list patch watch")),
        Role("resourcequota-controller", Events(), Rule("*", "*", Follow), Core("resourcequotas/status", "update")),
        Role("root-ca-cert-publisher", Events(), Core("configmaps", "create update")),
        Role("route-controller", Events(), Core("nodes", Follow), Core("nodes/status", "patch")),
        Role("service-account-controller", Events(), Core("serviceaccounts", "create")),
        Role("service-controller", Events(), Core("services", Read), Core("services/status", Change), Core("nodes", Follow)),
        Role("statefulset-controller", Events(), Core("pods", Own), Rule("apps", "statefulsets", Read),
            Rule("apps", "statefulsets/finalizers statefulsets/status", "update"), Rule("apps", "controllerrevisions", Own),
            Core("persistentvolumeclaims", "create delete get list update watch"), Core("pods/finalizers", "update")),
        Role("ttl-after-finished-controller", Events(), Rule("batch", "jobs", "delete get list watch")),
        Role("ttl-controller", Events(), Core("nodes", "list patch update watch")),
        Role("validatingadmissionpolicy-status-controller", Events(),
            Rule("admissionregistration.k8s.io", "validatingadmissionpolicies", Read),
            Rule("admissionregistration.k8s.io", "validatingadmissionpolicies/status", "get patch update")),
    ];

    private static V1ClusterRole Role(string controller, params V1PolicyRule[] rules)
        => DefaultClusterRoles.Role($"{Prefix}{controller}", rules);

    private static V1PolicyRule Rule(string groups, string resources, string verbs)
        => DefaultClusterRoles.Rule(groups, resources, verbs);

    private static V1PolicyRule Core(string resources, string verbs) => Rule("", resources, verbs);

    private static V1PolicyRule Events() => Rule("|events.k8s.io", "events", "create patch update");

    private static V1PolicyRule Signers(string verb, params string[] names)
        => Rule("certificates.k8s.io", "signers", verb) with { ResourceNames = names };
}
