using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Says in the status of every validating policy which generation was looked at and what was found: part of the API server's run.
/// </summary>
internal sealed class PolicyStatusServer : IAsyncDisposable
{
    private readonly Informer<V1ValidatingAdmissionPolicy> _policies;
    private readonly ReconcileLoop _loop;

    public PolicyStatusServer(ApiPipeline pipeline, IApiClient client, TimeProvider time, ILoggerFactory loggers)
    {
        var random = new Random();
        _policies = new Informer<V1ValidatingAdmissionPolicy>(client, ObjectQuery.All, time, random, loggers);
        var reconciler = new PolicyStatusReconciler(pipeline);
        _loop = new ReconcileLoop("validatingadmissionpolicies", reconciler, time, random, loggers).For(_policies);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _policies.StartAsync(cancellationToken);
        await _loop.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _policies.DisposeAsync();
    }
}

/// <summary>Writes the status of one policy when it lags behind.</summary>
internal sealed class PolicyStatusReconciler(ApiPipeline pipeline) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (pipeline.Objects.Find<V1ValidatingAdmissionPolicy>(key) is { } policy
            && policy.Status?.ObservedGeneration != policy.Metadata.Generation)
        {
            await WriteAsync(policy, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private async Task WriteAsync(V1ValidatingAdmissionPolicy policy, CancellationToken cancellationToken)
    {
        var definition = pipeline.Resources.Get(typeof(V1ValidatingAdmissionPolicy));
        var warnings = PolicyTypes.Check(policy.Spec, pipeline.Resources.Current);
        var request = new ResourceRequest(
            UserInfo.ApiServer with { IsComponent = true }, Verb.Update, definition, "", policy.Metadata.Name, "status");
        await pipeline.UpdateAsync(
            request,
            current =>
            {
                // Decided from this version of it; another one is looked at anew.
                var copy = ObjectJson.Decode<V1ValidatingAdmissionPolicy>(current.Json.Span);
                copy.Metadata.ResourceVersion = policy.Metadata.ResourceVersion;
                copy.Status = new V1ValidatingAdmissionPolicyStatus
                {
                    ObservedGeneration = policy.Metadata.Generation,
                    TypeChecking = new V1TypeChecking { ExpressionWarnings = warnings.Count > 0 ? warnings : null },
                    Conditions = copy.Status?.Conditions,
                };
                return copy;
            },
            WriteOptions.Default,
            cancellationToken);
    }
}
