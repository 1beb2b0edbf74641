using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Who asks. Made by authentication; components of this process have theirs by construction.</summary>
internal sealed record UserInfo(string Name, ImmutableArray<string> Groups)
{
    public const string Masters = "system:masters";
    public const string Authenticated = "system:authenticated";
    public const string Unauthenticated = "system:unauthenticated";

    /// <summary>Nobody in particular: may see the health endpoints and the version.</summary>
    public static UserInfo Anonymous { get; } = new("system:anonymous", [Unauthenticated]);

    /// <summary>The server itself.</summary>
    public static UserInfo ApiServer { get; } = new("system:apiserver", [Masters, Authenticated]);

    /// <summary>Tells users of one name apart; empty when there is nothing to tell.</summary>
    public string Uid { get; init; } = "";

    /// <summary>What else is known of the user, by key.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Extra { get; init; } =
        ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>True for the parts of this process; nobody can become one over the wire.</summary>
    public bool IsComponent { get; init; }

    /// <summary>The node whose identity this is; null for everybody else.</summary>
    public string? NodeName { get; } =
        Groups.Contains(CertificateSigners.NodesGroup) ? CertificateSigners.NodeNameOf(Name) : null;

    public bool IsAnonymous => Groups.Contains(Unauthenticated);
}
