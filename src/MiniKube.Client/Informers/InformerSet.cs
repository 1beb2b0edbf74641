using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace MiniKube.Client;

/// <summary>
/// One informer per kind, shared by everyone who uses the set. All are asked for before the start; the set starts them
/// together and is ready when each has its first list.
/// </summary>
public sealed class InformerSet(IApiClient client, string name, TimeProvider time, Random random, ILoggerFactory loggers)
    : ClusterComponent
{
    private readonly Dictionary<Type, ClusterComponent> _informers = [];
    private bool _started;

    /// <inheritdoc />
    public override string Name => name;

    /// <summary>The informer of all objects of a kind; the same one for every caller.</summary>
    /// <exception cref="InvalidOperationException">The set has started and does not have the kind.</exception>
    public Informer<T> Of<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (_informers.TryGetValue(typeof(T), out var known))
        {
            return (Informer<T>)known;
        }

        if (_started)
        {
            throw new InvalidOperationException($"ask for the informer of {typeof(T).Name} before {name} starts");
        }

        var informer = new Informer<T>(client, ObjectQuery.All, time, random, loggers);
        _informers.Add(typeof(T), informer);
        return informer;
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        _started = true;
        try
        {
            await Task.WhenAll(_informers.Values.Select(informer => informer.StartAsync(stopping)));
            SignalReady();
            var first = await Task.WhenAny(_informers.Values.Select(static informer => informer.Completion))
                .WaitAsync(stopping);
            await first;
        }
        finally
        {
            await Task.WhenAll(_informers.Values.Select(static informer => informer.DisposeAsync().AsTask()));
        }
    }
}
