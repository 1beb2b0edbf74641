using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Follows the CustomResourceDefinitions: part of the API server's run.</summary>
internal sealed class CustomResourceServer : IAsyncDisposable
{
    private readonly Informer<V1CustomResourceDefinition> _definitions;
    private readonly InstanceDrain _drain;
    private readonly ReconcileLoop _loop;
    private readonly CancellationTokenSource _stopping;

    public CustomResourceServer(
        ApiPipeline pipeline, IApiClient client, CustomKinds kinds, TimeProvider time, ILoggerFactory loggers, CancellationToken stopping)
    {
        var random = new Random();
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _definitions = new Informer<V1CustomResourceDefinition>(client, ObjectQuery.All, time, random, loggers);
        _drain = new InstanceDrain(pipeline.Store, name => _loop!.Enqueue(ObjectKey.Cluster(name)), _stopping.Token);
        var reconciler = new DefinitionReconciler(pipeline, kinds, _drain, RecheckGroup);

        // One at a time: of two that want the same name, one must be first.
        _loop = new ReconcileLoop("customresourcedefinitions", reconciler, time, random, loggers) { Workers = 1 }.For(_definitions);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _definitions.StartAsync(cancellationToken);
        await _loop.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop.DisposeAsync();
        await _definitions.DisposeAsync();
        await _drain.StopAsync();
        _stopping.Dispose();
    }

    private void RecheckGroup(string group)
    {
        foreach (var one in _definitions.All.Where(one => one.Spec.Group == group))
        {
            _loop.Enqueue(ObjectKey.Cluster(one.Metadata.Name));
        }
    }
}
