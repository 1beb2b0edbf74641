using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace MiniKube.Testing;

/// <summary>Creates ConfigMaps as fast as the server takes them, and notes the names of those it acknowledged.</summary>
public sealed class ConfigMapWriters : IDisposable
{
    private const int Writers = 8;

    private readonly CancellationTokenSource _stopping = new();
    private readonly Kubernetes _client;
    private readonly Task _all;

    /// <summary>Starts writing with the official client.</summary>
    public ConfigMapWriters(MiniKubeInstance cluster, ConcurrentBag<string> acknowledged)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        _client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig));
        _all = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(writer, acknowledged)));
    }

    /// <summary>Ends the writers; a server that is gone has ended them already.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _all;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync(int writer, ConcurrentBag<string> acknowledged)
    {
        for (var number = 0; !_stopping.IsCancellationRequested; number++)
        {
            var name = $"object-{writer}-{number}";
            try
            {
                var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name } };
                await _client.CoreV1.CreateNamespacedConfigMapAsync(map, "default", cancellationToken: _stopping.Token);
                acknowledged.Add(name);
            }
            catch (Exception ended) when (ended is HttpRequestException or OperationCanceledException or IOException)
            {
                return;
            }
        }
    }
}
