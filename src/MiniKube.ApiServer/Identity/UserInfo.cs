using System.Collections.Immutable;

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

    public bool IsAnonymous => Groups.Contains(Unauthenticated);
}
