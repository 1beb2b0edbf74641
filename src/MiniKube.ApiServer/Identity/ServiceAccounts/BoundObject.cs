namespace MiniKube.ApiServer;

/// <summary>The uid of the object of a kind that is there now, or null.</summary>
internal delegate string? UidLookup(Type kind, MiniKube.Api.ObjectKey key);

/// <summary>An object a token dies with: a name and the uid it had.</summary>
internal readonly record struct BoundObject(string Name, string Uid);

/// <summary>What a service account's token says. Namespace and account always; pod, node and secret when it is bound to them.</summary>
internal sealed record TokenClaims(string Namespace, BoundObject Account)
{
    public BoundObject? Pod { get; init; }

    public BoundObject? Node { get; init; }

    public BoundObject? Secret { get; init; }

    /// <summary>When a new token should be in use by, of one that is good for longer.</summary>
    public DateTimeOffset? WarnAfter { get; init; }
}
