using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What the roles <c>edit</c> and <c>view</c> are made of, in Kubernetes' words.</summary>
internal static class DefaultUserRoles
{
    private const string Read = "get list watch";
    private const string Write = "create delete deletecollection patch update";

    public static V1ClusterRole AggregateToEdit() => DefaultClusterRoles.PartOf("edit",
        Rule("", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", Read),
        Rule("", "serviceaccounts", "impersonate"),
        Rule("", "pods pods/attach pods/exec pods/portforward pods/proxy", Write),
        Rule("", "pods/eviction", "create"),
        Rule("", "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets "
            + "serviceaccounts services services/proxy", Write),
        Rule("", "serviceaccounts/token", "create"),
        Rule("apps", "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
            + "statefulsets statefulsets/scale", Write),
        Rule("autoscaling", "horizontalpodautoscalers", Write),
        Rule("batch", "cronjobs jobs", Write),
        Rule("policy", "poddisruptionbudgets", Write),
        Rule("networking.k8s.io", "ingresses networkpolicies", Write),
        Rule("coordination.k8s.io", "leases", $"{Write} {Read}"));

    public static V1ClusterRole AggregateToView() => DefaultClusterRoles.PartOf("view",
        Rule("", "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
            + "replicationcontrollers/scale serviceaccounts services services/status", Read),
        Rule("", "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status "
            + "resourcequotas resourcequotas/status", Read),
        Rule("", "namespaces", Read),
        Rule("discovery.k8s.io", "endpointslices", Read),
        Rule("apps", "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status "
            + "replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status", Read),
        Rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", Read),
        Rule("batch", "cronjobs cronjobs/status jobs jobs/status", Read),
        Rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", Read),
        Rule("networking.k8s.io", "ingresses ingresses/status networkpolicies", Read),
        Rule("metrics.k8s.io", "nodes pods", Read)); // What metrics-server adds.

    private static V1PolicyRule Rule(string groups, string resources, string verbs)
        => DefaultClusterRoles.Rule(groups, resources, verbs);
}
