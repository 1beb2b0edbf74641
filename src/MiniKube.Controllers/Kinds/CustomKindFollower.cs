using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Brings custom kinds into the catalog once they are established, each with an informer of its own, and takes them out when their
/// definitions go. Owns the informers.
/// </summary>
internal sealed class CustomKindFollower : IReconciler, IAsyncDisposable
{
    private const string Name = "custom-kinds";

    // Something that is established is served; only a server that is about to stop does not answer.
    private static readonly TimeSpan FirstListMax = TimeSpan.FromSeconds(10);

    private readonly ControllerContext _context;
    private readonly KindCatalog _kinds;
    private readonly Func<Gvr, string, IApiClient> _clientFor;
    private readonly ILoggerFactory _loggers;
    private readonly Informer<V1CustomResourceDefinition> _definitions;
    private readonly ConcurrentDictionary<string, Followed> _followed = new();

    public CustomKindFollower(
        ControllerContext context, KindCatalog kinds, Func<Gvr, string, IApiClient> clientFor, ILoggerFactory loggers)
    {
        _context = context;
        _kinds = kinds;
        _clientFor = clientFor;
        _loggers = loggers;
        _definitions = context.Informer<V1CustomResourceDefinition>();
        Loop = new CustomKindLoop(context.Loop(Name, this).For(_definitions), this);
    }

    /// <summary>What the host starts and stops.</summary>
    public ClusterComponent Loop { get; }

    /// <summary>Whether every kind that is established by the newest state is in the catalog.</summary>
    public async Task<bool> KnowsAllAsync(IApiClient client, CancellationToken cancellationToken)
    {
        var definitions = await client.ListAsync<V1CustomResourceDefinition>(ObjectQuery.All, cancellationToken);
        return definitions.Items.Where(static one => VersionOf(one) is not null).All(one => _followed.ContainsKey(one.Metadata.Uid));
    }

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var definition = _definitions.Find(key);
        foreach (var (uid, old) in _followed.Where(one => one.Value.Name == key.Name))
        {
            if (uid != definition?.Metadata.Uid || old.Kind.Gvr.Version != VersionOf(definition))
            {
                _kinds.Remove(old.Kind, isGone: uid != definition?.Metadata.Uid);
                _followed.TryRemove(uid, out _);
                await old.Informer.DisposeAsync();
            }
        }

        if (definition is not null && VersionOf(definition) is { } version && !_followed.ContainsKey(definition.Metadata.Uid))
        {
            await AddAsync(definition, version, cancellationToken);
        }

        return ReconcileResult.Done;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var followed in _followed.Values)
        {
            await followed.Informer.DisposeAsync();
        }

        _followed.Clear();
    }

    // Its metadata is the same in every version; the stored one needs no conversion.
    private static string? VersionOf(V1CustomResourceDefinition definition)
        => definition.Status?.Conditions?.Any(static one => one is { Type: "Established", Status: "True" }) == true
            ? definition.Spec.Versions.Where(static one => one.Served).OrderByDescending(static one => one.Storage).FirstOrDefault()?.Name
            : null;

    private async Task AddAsync(V1CustomResourceDefinition definition, string version, CancellationToken cancellationToken)
    {
        var gvr = new Gvr(definition.Spec.Group, version, definition.Spec.Names.Plural);
        var client = _clientFor(gvr, "system:serviceaccount:kube-system:generic-garbage-collector");
        var informer = new Informer<CustomObject>(client, ObjectQuery.All, _context.Time, _context.Random, _loggers);
        var isStarted = false;
        try
        {
            await informer.StartAsync(cancellationToken).WaitAsync(FirstListMax, _context.Time, cancellationToken);
            var kind = new ClusterKind<CustomObject>(
                informer, new Gvk(gvr.Group, version, definition.Spec.Names.Kind), gvr, client)
            {
                IsNamespaced = definition.Spec.Scope == "Namespaced",
            };
            _followed[definition.Metadata.Uid] = new Followed(definition.Metadata.Name, kind, informer);
            _kinds.Add(kind);
            isStarted = true;
        }
        finally
        {
            if (!isStarted)
            {
                await informer.DisposeAsync();
            }
        }
    }

    private sealed record Followed(string Name, ClusterKind Kind, Informer<CustomObject> Informer);

    /// <summary>The loop, and at its end the end of the informers.</summary>
    private sealed class CustomKindLoop(ReconcileLoop loop, CustomKindFollower owner) : ClusterComponent
    {
        public override string Name => CustomKindFollower.Name;

        protected override async Task RunAsync(CancellationToken stopping)
        {
            try
            {
                await loop.StartAsync(stopping);
                SignalReady();
                await loop.Completion.WaitAsync(stopping);
            }
            finally
            {
                await loop.DisposeAsync();
                await owner.DisposeAsync();
            }
        }
    }
}
