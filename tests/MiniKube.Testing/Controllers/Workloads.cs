using k8s.Models;

namespace MiniKube.Testing;

/// <summary>Workloads and their budgets with the defaults an API server fills in.</summary>
public static class Workloads
{
    public static V1ReplicaSet ReplicaSet(string name, int replicas, Action<V1ReplicaSet>? change = null)
    {
        var set = new V1ReplicaSet
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
            Spec = new V1ReplicaSetSpec { Replicas = replicas, Selector = SelectorOf(name), Template = TemplateOf(name, "v1") },
        };
        change?.Invoke(set);
        return set;
    }

    public static V1Deployment Deployment(string name, int replicas, Action<V1Deployment>? change = null)
    {
        var deployment = new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default", Generation = 1 },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                Selector = SelectorOf(name),
                Template = TemplateOf(name, "v1"),
                RevisionHistoryLimit = 10,
                ProgressDeadlineSeconds = 600,
                Strategy = new V1DeploymentStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = "25%", MaxUnavailable = "25%" },
                },
            },
        };
        change?.Invoke(deployment);
        return deployment;
    }

    public static V1StatefulSet StatefulSet(string name, int replicas, Action<V1StatefulSet>? change = null)
    {
        var set = new V1StatefulSet
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
            Spec = new V1StatefulSetSpec
            {
                Replicas = replicas,
                ServiceName = name,
                Selector = SelectorOf(name),
                Template = TemplateOf(name, "v1"),
                RevisionHistoryLimit = 10,
                PodManagementPolicy = "OrderedReady",
                UpdateStrategy = new V1StatefulSetUpdateStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new V1RollingUpdateStatefulSetStrategy { Partition = 0 },
                },
            },
        };
        change?.Invoke(set);
        return set;
    }

    public static V1DaemonSet DaemonSet(string name, Action<V1DaemonSet>? change = null)
    {
        var set = new V1DaemonSet
        {
            ApiVersion = "apps/v1",
            Kind = "DaemonSet",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
            Spec = new V1DaemonSetSpec
            {
                Selector = SelectorOf(name),
                Template = TemplateOf(name, "v1"),
                RevisionHistoryLimit = 10,
                UpdateStrategy = new V1DaemonSetUpdateStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new V1RollingUpdateDaemonSet { MaxUnavailable = 1, MaxSurge = 0 },
                },
            },
        };
        change?.Invoke(set);
        return set;
    }

    public static V1PodDisruptionBudget Budget(string name, string app, Action<V1PodDisruptionBudgetSpec> change)
    {
        var budget = new V1PodDisruptionBudget
        {
            ApiVersion = "policy/v1",
            Kind = "PodDisruptionBudget",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
            Spec = new V1PodDisruptionBudgetSpec { Selector = SelectorOf(app) },
        };
        change(budget.Spec);
        return budget;
    }

    public static V1PodTemplateSpec TemplateOf(string app, string tag) => new()
    {
        Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["app"] = app } },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "main", Image = $"minikube/testbox:{tag}" }] },
    };

    private static V1LabelSelector SelectorOf(string app)
        => new() { MatchLabels = new Dictionary<string, string> { ["app"] = app } };
}
