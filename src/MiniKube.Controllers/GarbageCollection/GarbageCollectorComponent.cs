using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Calls the garbage collector for every object a change may concern: one that came, whose owners or finalizers
/// changed, or whose owner or last dependent went. Failures are retried from 5 ms up to 1,000 s.
/// </summary>
internal sealed partial class GarbageCollectorComponent : ClusterComponent
{
    private const string Identity = "generic-garbage-collector";

    // As kube-controller-manager: deleting a large owner leaves thousands to judge.
    private const int Workers = 20;

    private readonly KindCatalog _kinds;
    private readonly GarbageCollector _collector;
    private readonly WorkQueue<Suspect> _queue;
    private readonly ILogger _logger;

    public GarbageCollectorComponent(ControllerContext context, KindCatalog kinds)
    {
        _kinds = kinds;
        _collector = new GarbageCollector(context.ClientFor(Identity), kinds);
        _queue = new WorkQueue<Suspect>(context.Time, context.Random);
        _logger = context.Logger<GarbageCollectorComponent>();
        kinds.Follow(kind =>
        {
            kind.Subscribe((key, old, current) => OnChange(kind, key, old, current));
            QueueThoseThatName(kind);
        });
    }

    public override string Name => "garbage-collector";

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var queue = _queue;
        SignalReady();
        await queue.RunAsync(Workers, WorkAsync, stopping);
    }

    private void OnChange(
        ClusterKind kind, ObjectKey key, IKubernetesObject<V1ObjectMeta>? old, IKubernetesObject<V1ObjectMeta>? current)
    {
        if (current is not null && (old is null || Matters(old.Metadata, current.Metadata)))
        {
            _queue.Add(new Suspect(kind, key));
            QueueDependents(current);
        }

        if (old is not null && old.Metadata.Uid != current?.Metadata.Uid)
        {
            QueueDependents(old);
            QueueOwners(old);
        }
    }

    private void QueueDependents(IKubernetesObject<V1ObjectMeta> owner)
    {
        foreach (var (kind, item) in _kinds.OwnedBy(owner.Metadata.Uid))
        {
            _queue.Add(new Suspect(kind, item.Key()));
        }
    }

    // As long as nobody knew the kind, nobody could say that an owner of it is gone.
    private void QueueThoseThatName(ClusterKind owner)
    {
        foreach (var kind in _kinds.All)
        {
            foreach (var item in kind.All.Where(item => item.Metadata.OwnerReferences?.Any(
                one => one.Kind == owner.Gvk.Kind && Gvk.Parse(one.ApiVersion, one.Kind).Group == owner.Gvk.Group) == true))
            {
                _queue.Add(new Suspect(kind, item.Key()));
            }
        }
    }

    // An owner that is being deleted may have waited for this one.
    private void QueueOwners(IKubernetesObject<V1ObjectMeta> dependent)
    {
        foreach (var reference in dependent.Metadata.OwnerReferences ?? [])
        {
            if (_kinds.Find(reference.ApiVersion, reference.Kind) is { } kind)
            {
                var home = kind.IsNamespaced ? dependent.Metadata.NamespaceProperty ?? "" : "";
                _queue.Add(new Suspect(kind, new ObjectKey(home, reference.Name)));
            }
        }
    }

    private static bool Matters(V1ObjectMeta old, V1ObjectMeta current)
        => old.DeletionTimestamp != current.DeletionTimestamp
            || !(old.Finalizers ?? []).SequenceEqual(current.Finalizers ?? [])
            || !(old.OwnerReferences ?? []).Select(static one => (one.Uid, one.BlockOwnerDeletion))
                .SequenceEqual((current.OwnerReferences ?? []).Select(static one => (one.Uid, one.BlockOwnerDeletion)));

    private async Task WorkAsync(Suspect suspect, CancellationToken cancellationToken)
    {
        try
        {
            await _collector.CollectAsync(suspect.Kind, suspect.Key, cancellationToken);
            _queue.Forget(suspect);
        }
        catch (ApiException failure)
        {
            Log.Failed(_logger, suspect.Kind.Gvr, suspect.Key, _queue.AddRateLimited(suspect), failure.Message);
        }
    }

    private sealed record Suspect(ClusterKind Kind, ObjectKey Key);

    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Warning, "Collecting {Resource} {Key} failed {Failures} times, trying again: {Problem}")]
        public static partial void Failed(ILogger logger, Gvr resource, ObjectKey key, int failures, string problem);
    }
}
