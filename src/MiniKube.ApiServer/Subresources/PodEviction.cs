using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>pods/eviction</c>: deletes a pod if its disruption budget allows. The budget is spent in the same write that
/// checks it, so however many evict at once, no more pods go than it allows.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
/// </summary>
internal sealed class PodEviction(ApiPipeline pipeline, ResourceRequest request, V1DeleteOptions options)
{
    private const string Refusal = "Cannot evict pod as it would violate the pod's disruption budget.";
    private const string CauseReason = "DisruptionBudget";

    // Evictions the disruption controller has not seen come true yet, as Kubernetes bounds them.
    private const int DisruptedPodsMax = 2_000;

    // How long a client should wait for a controller that has not looked at the budget yet.
    private const int UnseenRetrySeconds = 10;

    // Each lost attempt means that the pod changed in between.
    private const int AttemptsMax = 100;

    private readonly ObjectLookup _objects = pipeline.Objects;

    private bool IsDryRun => options.DryRun is { Count: > 0 };

    /// <exception cref="ApiException">
    /// TooManyRequests: a budget forbids it now. NotFound, Conflict (a precondition), BadRequest, Forbidden.
    /// </exception>
    public async Task EvictAsync(CancellationToken cancellationToken)
    {
        pipeline.Authorize(request);
        DeleteOptionsRules.Validate(options);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var pod = _objects.Find<V1Pod>(new ObjectKey(request.Namespace, request.Name)) ?? throw request.NotFound();
            CheckUid(pod);
            var mayChange = await AllowAsync(pod, cancellationToken);
            if (await TryDeleteAsync(pod, mayChange, cancellationToken))
            {
                return;
            }
        }

        throw ApiException.Conflict(request.Definition.Gvr, request.Name);
    }

    // Returns false when the permission holds only for the pod as it was seen: without a budget spent for it.
    private async Task<bool> AllowAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        if (pod.Metadata.DeletionTimestamp is not null || pod.Status?.Phase is "Succeeded" or "Failed")
        {
            return true;
        }

        if (pod.Status?.Phase is "Pending" or null or "")
        {
            return false;
        }

        var budgets = _objects.List<V1PodDisruptionBudget>(request.Namespace).Where(one => one.Covers(pod)).ToImmutableArray();
        switch (budgets)
        {
            case []:
                return true;
            case [var budget] when !IsReady(pod) && AllowsUnready(budget):
                return false;
            case [var budget]:
                await SpendAsync(budget, cancellationToken);
                return true;
            default:
                throw new ApiException(
                    StatusReason.InternalError,
                    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        }
    }

    private async Task SpendAsync(V1PodDisruptionBudget budget, CancellationToken cancellationToken)
    {
        var definition = pipeline.Resources.Get(typeof(V1PodDisruptionBudget));
        var update = new ResourceRequest(
            UserInfo.ApiServer, Verb.Update, definition, request.Namespace, budget.Metadata.Name, "status");
        await pipeline.UpdateAsync(
            update,
            current => Spent((V1PodDisruptionBudget)definition.Decode(current.Json.Span)),
            UpdateStrategy.Verbatim,
            new WriteOptions { DryRun = IsDryRun },
            cancellationToken);
    }

    private V1PodDisruptionBudget Spent(V1PodDisruptionBudget budget)
    {
        var status = budget.Status ??= new V1PodDisruptionBudgetStatus();
        Check(budget, status);
        status.DisruptionsAllowed--;
        if (status.DisruptionsAllowed == 0)
        {
            status.Conditions = DisruptionBudgets.ConditionsFor(status.Conditions, 0, status.ObservedGeneration, pipeline.Now);
        }

        status.DisruptedPods ??= new Dictionary<string, DateTime?>();
        status.DisruptedPods[request.Name] = pipeline.Now;
        return budget;
    }

    private static void Check(V1PodDisruptionBudget budget, V1PodDisruptionBudgetStatus status)
    {
        var name = budget.Metadata.Name;
        if ((status.ObservedGeneration ?? 0) < (budget.Metadata.Generation ?? 0))
        {
            throw Refused($"The disruption budget {name} is still being processed by the server.", UnseenRetrySeconds);
        }

        if (status.DisruptedPods is { Count: > DisruptedPodsMax })
        {
            throw ApiException.Forbidden(
                new Gvr("policy", "v1", "poddisruptionbudget"),
                name,
                "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
        }

        if (status.DisruptionsAllowed <= 0)
        {
            throw Refused(
                $"The disruption budget {name} needs {status.DesiredHealthy} healthy pods and has {status.CurrentHealthy} currently",
                retryAfter: null);
        }
    }

    /// <summary>False when the pod changed and the permission is no longer worth anything.</summary>
    private async Task<bool> TryDeleteAsync(V1Pod pod, bool mayChange, CancellationToken cancellationToken)
    {
        var version = mayChange ? null : pod.Metadata.ResourceVersion;
        try
        {
            if (!IsDryRun && pod.Metadata.DeletionTimestamp is null)
            {
                version = await MarkAsync(pod, version, cancellationToken);
            }

            var delete = request with { User = UserInfo.ApiServer, Verb = Verb.Delete, Subresource = "" };
            await pipeline.DeleteAsync(delete, OptionsFor(pod, mayChange ? null : version), cancellationToken);
            return true;
        }
        catch (ApiException changed) when (!mayChange && changed.Reason == StatusReason.Conflict)
        {
            return false;
        }
    }

    // The pod says why it ends, for those who count failures.
    private async Task<string?> MarkAsync(V1Pod pod, string? version, CancellationToken cancellationToken)
    {
        var update = request with { User = UserInfo.ApiServer, Verb = Verb.Update, Subresource = "status" };
        var marked = await pipeline.UpdateAsync(
            update, current => Marked(current, pod, version), UpdateStrategy.Verbatim, WriteOptions.Default, cancellationToken);
        return marked.Revision.ToString();
    }

    private V1Pod Marked(StoredObject current, V1Pod seen, string? version)
    {
        var pod = (V1Pod)request.Definition.Decode(current.Json.Span);
        if (pod.Metadata.Uid != seen.Metadata.Uid)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name, "another pod has its name by now");
        }

        pod.Metadata.ResourceVersion = version;
        pod.Status ??= new V1PodStatus();
        pod.Status.Conditions =
        [
            .. (pod.Status.Conditions ?? []).Where(static one => one.Type != "DisruptionTarget"),
            new V1PodCondition
            {
                Type = "DisruptionTarget",
                Status = "True",
                Reason = "EvictionByEvictionAPI",
                Message = "Eviction API: evicting",
                LastTransitionTime = pipeline.Now,
            },
        ];
        return pod;
    }

    private V1DeleteOptions OptionsFor(V1Pod pod, string? version) => options with
    {
        Preconditions = new V1Preconditions
        {
            Uid = pod.Metadata.Uid,
            ResourceVersion = version ?? options.Preconditions?.ResourceVersion,
        },
    };

    private void CheckUid(V1Pod pod)
    {
        if (options.Preconditions?.Uid is { Length: > 0 } wanted && wanted != pod.Metadata.Uid)
        {
            throw ApiException.Conflict(
                request.Definition.Gvr,
                request.Name,
                $"Precondition failed: UID in precondition: {wanted}, UID in object meta: {pod.Metadata.Uid}");
        }
    }

    private static bool AllowsUnready(V1PodDisruptionBudget budget)
        => budget.Spec.UnhealthyPodEvictionPolicy == "AlwaysAllow"
            || (budget.Status is { DesiredHealthy: > 0 } status && status.CurrentHealthy >= status.DesiredHealthy);

    private static bool IsReady(V1Pod pod)
        => pod.Status?.Conditions?.Any(static one => one is { Type: "Ready", Status: "True" }) == true;

    private static ApiException Refused(string why, int? retryAfter) => new(StatusReason.TooManyRequests, Refusal)
    {
        RetryAfterSeconds = retryAfter,
        Causes = [new FieldError("", CauseReason, why)],
    };
}
