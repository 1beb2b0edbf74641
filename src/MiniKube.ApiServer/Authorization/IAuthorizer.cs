using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// One source of permissions. All of <see cref="AuthorizerCatalog"/> are asked in order until one allows; what nobody allows is
/// forbidden. On the path of every request: answers come from memory, quickly. Thread-safe.
/// </summary>
internal interface IAuthorizer
{
    /// <summary>The name for documentation and messages.</summary>
    string Name { get; }

    /// <param name="request">
    /// Who wants what. The name is that of the object, also when a list or watch selects one by name.
    /// </param>
    /// <param name="selection">What a list, watch or deletion selects; null for single objects.</param>
    Verdict Decide(ResourceRequest request, Selection? selection);

    /// <summary>The same for what is no request of this server: other verbs, other resources.</summary>
    Verdict Decide(UserInfo user, in AccessQuestion question) => Verdict.NoOpinion;

    /// <summary>Rules that list what the user may in a namespace; empty when the authorizer has none.</summary>
    IEnumerable<V1PolicyRule> RulesOf(UserInfo user, string space) => [];

    /// <summary>The same for paths that are no resource. The verb is the HTTP method in lower case.</summary>
    Verdict DecidePath(UserInfo user, string verb, string path);
}

/// <summary>What an authorizer says.</summary>
/// <param name="IsAllowed">True ends the question.</param>
/// <param name="Reason">Why not, for whoever asked; empty when the authorizer has nothing to say about it.</param>
internal readonly record struct Verdict(bool IsAllowed, string Reason)
{
    public static Verdict Allow { get; } = new(true, "");

    public static Verdict NoOpinion { get; } = new(false, "");

    public static Verdict Refuse(string reason) => new(false, reason);

    public static Verdict AllowIf(bool condition) => condition ? Allow : NoOpinion;
}
