using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>PodDisruptionBudgets: how many pods may be evicted now.</summary>
internal static class DisruptionController
{
    private const string Name = "disruption-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var budgets = context.Informer<V1PodDisruptionBudget>();
        var pods = context.Informer<V1Pod>();
        var deployments = context.Informer<V1Deployment>();
        var replicaSets = context.Informer<V1ReplicaSet>();
        var statefulSets = context.Informer<V1StatefulSet>();
        var reconciler = new DisruptionReconciler(
            context.ClientFor(Name),
            budgets,
            pods,
            new PodScales(deployments, replicaSets, statefulSets),
            context.RecorderFor(Name),
            context.Time);
        return context.SummingLoop(Name, reconciler)
            .For(budgets)
            .Watches(pods, pod => InNamespaceOf(budgets, pod).Where(budget => budget.Covers(pod)).Select(static one => one.Key()))
            .Watches(deployments, (_, old, current) => OnScale(budgets, old, current, static one => one.Spec.Replicas))
            .Watches(replicaSets, (_, old, current) => OnScale(budgets, old, current, static one => one.Spec.Replicas))
            .Watches(statefulSets, (_, old, current) => OnScale(budgets, old, current, static one => one.Spec.Replicas));
    }

    private static IEnumerable<ObjectKey> OnScale<T>(
        Informer<V1PodDisruptionBudget> budgets, T? old, T? current, Func<T, int?> replicasOf)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => old is not null && current is not null && replicasOf(old) == replicasOf(current)
            ? []
            : InNamespaceOf(budgets, current ?? old!).Select(static budget => budget.Key());

    private static IEnumerable<V1PodDisruptionBudget> InNamespaceOf(
        Informer<V1PodDisruptionBudget> budgets, IMetadata<V1ObjectMeta> item)
        => budgets.ByNamespace[item.Metadata.NamespaceProperty ?? ""];
}
