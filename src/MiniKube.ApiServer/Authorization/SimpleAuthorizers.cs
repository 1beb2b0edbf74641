using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Controllers, scheduler and the other parts of the server's own process.</summary>
internal sealed class ComponentAuthorizer : IAuthorizer
{
    public string Name => "Component";

    public Verdict Decide(ResourceRequest request, Selection? selection) => Verdict.AllowIf(request.User.IsComponent);

    public Verdict Decide(UserInfo user, in AccessQuestion question) => Verdict.AllowIf(user.IsComponent);

    public Verdict DecidePath(UserInfo user, string verb, string path) => Verdict.AllowIf(user.IsComponent);
}

/// <summary>Administrators: the group <c>system:masters</c> may do everything, as in Kubernetes.</summary>
internal sealed class MastersAuthorizer : IAuthorizer
{
    public string Name => "Masters";

    public Verdict Decide(ResourceRequest request, Selection? selection) => Verdict.AllowIf(IsMaster(request.User));

    public Verdict Decide(UserInfo user, in AccessQuestion question) => Verdict.AllowIf(IsMaster(user));

    public Verdict DecidePath(UserInfo user, string verb, string path) => Verdict.AllowIf(IsMaster(user));

    private static bool IsMaster(UserInfo user) => user.Groups.Contains(UserInfo.Masters);
}

/// <summary>
/// Machines that have a token and no certificate yet may ask for one and look whether it is there, as Kubernetes' role
/// <c>system:node-bootstrapper</c> lets them.
/// </summary>
internal sealed class BootstrapAuthorizer : IAuthorizer
{
    public string Name => "Bootstrap";

    public Verdict Decide(ResourceRequest request, Selection? selection)
        => Verdict.AllowIf(request.Definition is CertificateSigningRequestResource
            && request is { Subresource: "", Verb: Verb.Create or Verb.Get or Verb.List or Verb.Watch }
            && request.User.Groups.Contains(BootstrapToken.Group));

    public Verdict DecidePath(UserInfo user, string verb, string path) => Verdict.NoOpinion;
}
