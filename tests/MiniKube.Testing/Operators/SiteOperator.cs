using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace MiniKube.Testing;

/// <summary>
/// One replica of an operator, written with the C# client as its users write them: waits until it holds the Lease, then keeps a ConfigMap
/// beside every Site and tells so in the Site's status.
/// </summary>
public sealed class SiteOperator : IAsyncDisposable
{
    private const string Space = "default";
    private const string Manager = "site-operator";

    private readonly Kubernetes _client;
    private readonly GenericClient _sites;
    private readonly string _identity;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _run;
    private int _leads;

    /// <param name="config">How to reach the cluster.</param>
    /// <param name="identity">Of this replica.</param>
    public SiteOperator(KubernetesClientConfiguration config, string identity)
    {
        _client = new Kubernetes(config);
        _sites = new GenericClient(_client, Site.Group, Site.Version, Site.Plural, disposeClient: false);
        _identity = identity;
        _run = RunAsync();
    }

    /// <summary>True while it holds the Lease.</summary>
    public bool IsLeading => Volatile.Read(ref _leads) == 1;

    /// <summary>Dies without giving the Lease back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _run;
        _sites.Dispose();
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var gate = new LeaseLock(_client, Space, Manager, _identity);
        using var elector = new LeaderElector(new LeaderElectionConfig(gate)
        {
            LeaseDuration = TimeSpan.FromSeconds(15),
            RenewDeadline = TimeSpan.FromSeconds(10),
            RetryPeriod = TimeSpan.FromMilliseconds(500),
        });
        var work = Task.CompletedTask;
        using var term = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        elector.OnStartedLeading += () =>
        {
            Volatile.Write(ref _leads, 1);
            work = WorkAsync(term.Token);
        };
        elector.OnStoppedLeading += () =>
        {
            Volatile.Write(ref _leads, 0);
            term.Cancel();
        };
        try
        {
            await elector.RunUntilLeadershipLostAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It was told to end.
        }

        await work;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await FollowAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The replica ends, and its work with it.
        }
    }

    // A watch ends now and then; it begins with what is there, so nothing is missed.
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (type, site) in _sites.WatchNamespacedAsync<Site>(Space, cancel: cancellationToken))
            {
                if (type is WatchEventType.Added or WatchEventType.Modified && site.Metadata.DeletionTimestamp is null)
                {
                    await ReconcileAsync(site, cancellationToken);
                }
            }
        }
        catch (Exception lost) when (lost is IOException or HttpRequestException or SocketException)
        {
            // The connection broke: another one.
        }
        catch (HttpOperationException gone) when (gone.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // The Site went away meanwhile: the next watch begins with what there is.
        }
    }

    private async Task ReconcileAsync(Site site, CancellationToken cancellationToken)
    {
        var name = site.Metadata.Name;
        var map = new V1ConfigMap
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta
            {
                Name = $"site-{name}",
                OwnerReferences =
                [
                    new V1OwnerReference
                    {
                        ApiVersion = site.ApiVersion, Kind = site.Kind, Name = name, Uid = site.Metadata.Uid, Controller = true,
                    },
                ],
            },
            Data = new Dictionary<string, string> { ["greeting"] = site.Spec.Greeting },
        };
        await _client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch(map, V1Patch.PatchType.ApplyPatch),
            map.Metadata.Name,
            Space,
            fieldManager: Manager,
            force: true,
            cancellationToken: cancellationToken);
        if (site.Status?.ObservedReplicas != site.Spec.Replicas || site.Status?.ServedBy is null)
        {
            var status = JsonSerializer.Serialize(
                new { status = new SiteStatus { ObservedReplicas = site.Spec.Replicas, ServedBy = _identity } });
            await _client.CustomObjects.PatchNamespacedCustomObjectStatusAsync(
                new V1Patch(status, V1Patch.PatchType.MergePatch),
                Site.Group,
                Site.Version,
                Space,
                Site.Plural,
                name,
                cancellationToken: cancellationToken);
        }
    }
}
