using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Keeps the numbered pods of a set, and its status true.</summary>
internal sealed class StatefulSetReconciler(
    IApiClient client,
    Informer<V1StatefulSet> sets,
    Informer<V1Pod> pods,
    Informer<V1ControllerRevision> revisions,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private readonly Ownership<V1StatefulSet, V1Pod> _ownership = new(client, pods)
    {
        IsCandidate = static (set, pod) => StatefulPods.OrdinalOf(set, pod) is not null,
    };

    private readonly RevisionHistory<V1StatefulSet> _history = new(client, revisions, "controller.kubernetes.io/hash");
    private readonly CacheBarrier<V1Pod> _writes = new(pods);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (sets.Find(key) is not { } set || LabelSelector.Of(set.Spec.Selector) is not { } selector)
        {
            _writes.Forget(key);
            _history.Forget(key);
            return ReconcileResult.Done; // Deleted: its pods belong to the garbage collector now.
        }

        await _writes.CaughtUpAsync(key, cancellationToken);
        var claimed = await _ownership.ClaimAsync(set, selector, cancellationToken);
        var numbered = claimed.Where(pod => StatefulPods.OrdinalOf(set, pod) is not null).ToList();
        var history = await _history.EnsureAsync(
            set, selector, set.Spec.Template, set.Status?.CollisionCount, cancellationToken);
        var current = history.Find(set.Status?.CurrentRevision) ?? history.Update;
        var status = StatefulSetStatus.Of(set, numbered, current.Metadata.Name, history, time.GetUtcNow());
        await WriteStatusAsync(set, status, cancellationToken);
        if (!set.IsDeleting())
        {
            await ActAsync(set, numbered, current, history.Update, cancellationToken);
            await TrimAsync(set, history, current, numbered, cancellationToken);
        }

        return StatefulSetStatus.NextAvailable(set, numbered, time.GetUtcNow()) is { } at
            ? ReconcileResult.After(at - time.GetUtcNow())
            : ReconcileResult.Done;
    }

    private async Task ActAsync(
        V1StatefulSet set,
        List<V1Pod> numbered,
        V1ControllerRevision current,
        V1ControllerRevision update,
        CancellationToken cancellationToken)
    {
        foreach (var pod in numbered.Where(static pod => !pod.IsDeleting()))
        {
            await client.UpdateWithRetryAsync(
                pod, copy => StatefulPods.Identify(set, copy), subresource: null, cancellationToken);
        }

        var plan = StatefulSetPlanner.Plan(set, numbered, update.Metadata.Name, time.GetUtcNow());
        await Task.WhenAll(plan.Create
            .Select(pod => CreateAsync(set, pod.Ordinal, pod.OfCurrent ? current : update, cancellationToken))
            .Concat(plan.Delete.Select(pod => DeleteAsync(set, pod, cancellationToken))));
    }

    private async Task CreateAsync(
        V1StatefulSet set, int ordinal, V1ControllerRevision revision, CancellationToken cancellationToken)
    {
        var template = TemplateData.TemplateOf(revision) ?? set.Spec.Template;
        var pod = StatefulPods.Make(set, ordinal, template, revision.Metadata.Name);
        try
        {
            _writes.Wrote(set.Key(), await client.CreateAsync(pod, cancellationToken));
            Note(set, pod, "Create");
        }
        catch (ApiException closing) when (closing.Causes.Any(static cause => cause.Reason == "NamespaceTerminating"))
        {
            // Everything in the namespace is about to go, this set too.
        }
        catch (ApiException failure)
        {
            events.Warning(
                set,
                "FailedCreate",
                $"create Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} failed error: {failure.Message}");
            throw;
        }
    }

    private async Task DeleteAsync(V1StatefulSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        if (pod.IsFinished())
        {
            events.Warning(set, "RecreatingFailedPod", $"StatefulSet {set.Key()} is recreating failed Pod {pod.Metadata.Name}");
        }

        if (await client.DeleteIfPresentAsync(pod, cancellationToken))
        {
            Note(set, pod, "Delete");
        }
    }

    private void Note(V1StatefulSet set, V1Pod pod, string verb)
        => events.Normal(
            set,
            $"Successful{verb}",
            $"{verb.ToLowerInvariant()} Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");

    private async Task TrimAsync(
        V1StatefulSet set,
        RevisionSet history,
        V1ControllerRevision current,
        IEnumerable<V1Pod> numbered,
        CancellationToken cancellationToken)
    {
        var live = numbered.Select(StatefulPods.RevisionOf).OfType<string>().Append(current.Metadata.Name).ToHashSet();
        await _history.TrimAsync(history, live, set.Spec.RevisionHistoryLimit, cancellationToken);
    }

    private async Task WriteStatusAsync(
        V1StatefulSet set, V1StatefulSetStatus status, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            set,
            copy =>
            {
                var changed = !Same.Json(copy.Status ?? new V1StatefulSetStatus(), status);
                copy.Status = status;
                return changed;
            },
            "status",
            cancellationToken);
}
