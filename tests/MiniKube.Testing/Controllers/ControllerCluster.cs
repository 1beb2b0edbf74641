using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Controllers;

namespace MiniKube.Testing;

/// <summary>
/// All controllers on an API server in memory, with a clock that the test owns. Nobody runs pods: the test says what
/// becomes of them.
/// </summary>
public sealed class ControllerCluster : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly IReadOnlyList<ClusterComponent> _components;

    private ControllerCluster(ILoggerFactory loggers)
    {
        Client = new InMemoryApiClient(Time);
        var options = new ControllerOptions { RootCertificates = new TrustedAuthorities("-----BEGIN CERTIFICATE-----") };
        _components = ControllerCatalog.Create(_ => Client, options, Time, new Random(7), loggers);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public InMemoryApiClient Client { get; }

    public static async Task<ControllerCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = new ControllerCluster(NullLoggerFactory.Instance);
        foreach (var component in cluster._components)
        {
            await component.StartAsync(cancellationToken);
        }

        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var component in _components.Reverse())
        {
            Assert.That(component.Completion.IsFaulted, Is.False, $"{component.Name} failed: {component.Completion.Exception}");
            await component.DisposeAsync();
        }
    }

    /// <summary>Everything of a kind, by name.</summary>
    public IReadOnlyList<T> All<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
        => [.. Client.ListAsync<T>(ObjectQuery.All, CancellationToken.None).Result.Items
            .OrderBy(item => item.Metadata.CreationTimestamp).ThenBy(item => item.Metadata.Name, StringComparer.Ordinal)];

    public T? Find<T>(string name, string namespaceName = "default")
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Client.FindAsync<T>(new ObjectKey(namespaceName, name), CancellationToken.None).Result;

    /// <summary>Lets time pass in small ticks until the condition holds.</summary>
    public Task UntilAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => Time.AdvanceUntilAsync(what, Tick, condition, cancellationToken);

    /// <summary>Lets time pass in small ticks, and every pod run as soon as it is there, until the condition holds.</summary>
    public async Task RunUntilAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            Assert.That(cancellationToken.IsCancellationRequested, Is.False, $"never came true: {what}");
            await RunPodsAsync(CancellationToken.None);
            // At a pace that controllers keep up with: silent nodes must not be lost only because the machine is busy.
            await Task.Delay(Tick, CancellationToken.None);
            Advance(Tick);
        }
    }

    /// <summary>Lets time pass at once.</summary>
    public void Advance(TimeSpan time) => Time.Advance(time);

    /// <summary>Changes an object as a user would.</summary>
    public async Task<T> ChangeAsync<T>(
        ObjectKey key, Action<T> change, CancellationToken cancellationToken, string? subresource = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var seen = await Client.FindAsync<T>(key, cancellationToken) ?? throw new AssertionException($"{key} is not there");
        var changed = await Client.UpdateWithRetryAsync(
            seen,
            copy =>
            {
                change(copy);
                return true;
            },
            subresource,
            cancellationToken);
        return changed!;
    }

    /// <summary>
    /// Says of every pod that is not ready yet, and that the test selects, that it runs and is ready.
    /// </summary>
    public async Task RunPodsAsync(CancellationToken cancellationToken, Func<V1Pod, bool>? which = null)
    {
        var waiting = All<V1Pod>().Where(pod => !IsReady(pod) && !pod.IsDeleting() && which?.Invoke(pod) != false);
        foreach (var pod in waiting)
        {
            await SetPodAsync(pod.Key(), "Running", ready: true, cancellationToken);
        }
    }

    /// <summary>Ends a pod as the agent of its node does once its processes are gone.</summary>
    public Task EndPodAsync(ObjectKey key, CancellationToken cancellationToken)
        => Client.DeleteAsync<V1Pod>(key, new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

    public Task<V1Pod> SetPodAsync(ObjectKey key, string phase, bool ready, CancellationToken cancellationToken)
        => ChangeAsync<V1Pod>(
            key,
            pod =>
            {
                pod.Status ??= new V1PodStatus();
                pod.Status.Phase = phase;
                pod.Status.PodIP ??= $"10.42.0.{2 + (Math.Abs(key.GetHashCode()) % 250)}";
                pod.Status.Conditions =
                [
                    new V1PodCondition
                    {
                        Type = "Ready",
                        Status = ready ? "True" : "False",
                        LastTransitionTime = Time.GetUtcNow().UtcDateTime,
                    },
                ];
            },
            cancellationToken,
            "status");

    public static bool IsReady(V1Pod pod)
        => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;
}
