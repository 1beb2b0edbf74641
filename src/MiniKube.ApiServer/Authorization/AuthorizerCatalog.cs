using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>The sources of permissions this server has.</summary>
internal static class AuthorizerCatalog
{
    /// <summary>In the order they are asked: who asks most comes first.</summary>
    public static ImmutableArray<IAuthorizer> Create(ObjectLookup objects, RbacPolicySource policies) =>
    [
        new ComponentAuthorizer(),
        new MastersAuthorizer(),
        new NodeAuthorizer(new NodeReferences(objects)),
        new BootstrapAuthorizer(),
        new RbacAuthorizer(policies),
    ];
}
