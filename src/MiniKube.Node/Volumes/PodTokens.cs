using System.Collections.Concurrent;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The service account's tokens that a pod's volumes show: asked for when the volumes are made, and anew when four fifths of their
/// life or a day are over, as the kubelet does. A token that could not be renewed is used to its end. Thread-safe.
/// https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
/// </summary>
internal sealed class PodTokens(IApiClient client, TimeProvider time)
{
    private const int SecondsDefault = 3_600;

    private static readonly TimeSpan LongestUse = TimeSpan.FromHours(24);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Wanted, Held> _held = new();
    private long _notBefore;

    /// <summary>When the first of them is to be renewed; null when none is held.</summary>
    public DateTimeOffset? RenewAt
    {
        get
        {
            var due = _held.Values.Min(static one => (DateTimeOffset?)one.RenewAt);
            var notBefore = new DateTimeOffset(Volatile.Read(ref _notBefore), TimeSpan.Zero);
            return due < notBefore ? notBefore : due;
        }
    }

    /// <summary>The tokens a pod's volumes show.</summary>
    public static IEnumerable<V1ServiceAccountTokenProjection> Of(V1Pod pod)
        => (pod.Spec.Volumes ?? [])
            .SelectMany(volume => volume.Projected?.Sources ?? [])
            .Select(source => source.ServiceAccountToken)
            .Where(token => token is not null);

    /// <summary>True when <see cref="RenewAt"/> is over. It moves half a minute on with that, so that a failure is no loop.</summary>
    public bool TakeRenewal(DateTimeOffset now)
    {
        if (RenewAt is not { } due || due > now)
        {
            return false;
        }

        Volatile.Write(ref _notBefore, (now + AfterFailure).UtcTicks);
        return true;
    }

    /// <summary>The pod's tokens; those that are old are asked for again.</summary>
    /// <exception cref="ContainerConfigException">There is no token: the account is not there, or refused.</exception>
    public async Task<Func<V1ServiceAccountTokenProjection, string>> ReadAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var tokens = new Dictionary<Wanted, string>();
        foreach (var wanted in Of(pod).Select(Wanted.Of).Distinct())
        {
            tokens[wanted] = await ReadAsync(pod, wanted, cancellationToken);
        }

        return projection => tokens[Wanted.Of(projection)];
    }

    private async Task<string> ReadAsync(V1Pod pod, Wanted wanted, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var old = _held.GetValueOrDefault(wanted);
        if (old is not null && old.RenewAt > now)
        {
            return old.Token;
        }

        try
        {
            var given = await RequestAsync(pod, wanted, cancellationToken);
            var life = (given.ExpirationTimestamp ?? now.UtcDateTime) - now.UtcDateTime;
            var use = life * 0.8 < LongestUse ? life * 0.8 : LongestUse;
            _held[wanted] = new Held(given.Token, now + use, now + life);
            return given.Token;
        }
        catch (ApiException refused)
        {
            return old?.Expires > now ? old.Token : throw new ContainerConfigException($"failed to fetch token: {refused.Message}");
        }
    }

    private Task<V1TokenRequestStatus> RequestAsync(V1Pod pod, Wanted wanted, CancellationToken cancellationToken)
    {
        var spec = new V1TokenRequestSpec
        {
            Audiences = wanted.Audience.Length == 0 ? [] : [wanted.Audience],
            ExpirationSeconds = wanted.Seconds,
            BoundObjectRef = new V1BoundObjectReference
            {
                ApiVersion = "v1",
                Kind = "Pod",
                Name = pod.Metadata.Name,
                Uid = pod.Metadata.Uid,
            },
        };
        var account = new ObjectKey(pod.Metadata.NamespaceProperty, pod.Spec.ServiceAccountName);
        return client.RequestTokenAsync(account, spec, cancellationToken);
    }

    private sealed record Held(string Token, DateTimeOffset RenewAt, DateTimeOffset Expires);

    private readonly record struct Wanted(string Audience, long Seconds)
    {
        public static Wanted Of(V1ServiceAccountTokenProjection projection)
            => new(projection.Audience ?? "", projection.ExpirationSeconds ?? SecondsDefault);
    }
}
