using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Who wants what of which object or objects: the same from a socket and from a component of this process.
/// </summary>
/// <param name="User">Who asks.</param>
/// <param name="Verb">What to do.</param>
/// <param name="Definition">The kind.</param>
/// <param name="Namespace">Empty for cluster-scoped kinds and for all namespaces.</param>
/// <param name="Name">Empty when the request is about a collection.</param>
/// <param name="Subresource">Empty for the object itself.</param>
internal sealed record ResourceRequest(
    UserInfo User,
    Verb Verb,
    ResourceDefinition Definition,
    string Namespace,
    string Name = "",
    string Subresource = "")
{
    /// <summary>Tells who asks something that is no failure; nobody listens within this process.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Where what is decided about the request is noted; null when it is not audited.</summary>
    public AuditRequest? Audit { get; init; }

    /// <summary>Notes something about the request in the audit log, if there is one.</summary>
    public void Annotate(string key, string value) => Audit?.Annotate(key, value);

    /// <summary>The object the request is about.</summary>
    public ResourceKey Key => new(Definition.StoredAs, Namespace, Name);

    /// <summary>The collection the request is about.</summary>
    public KeyRange Range => new(Definition.StoredAs, Namespace.Length == 0 ? null : Namespace);

    /// <summary>The name rules and messages of permissions know: who creates an object names none yet.</summary>
    public string AskedName => Verb == Verb.Create && Subresource.Length == 0 ? "" : Name;

    /// <summary>The namespace rules and messages of permissions know: a Namespace lies within itself.</summary>
    public string AskedNamespace => Definition is NamespaceResource ? AskedName : Namespace;

    public ApiException NotFound() => ApiException.NotFound(Definition.Gvr, Name);
}

/// <summary>How a write is meant: the query parameters that create, update and patch have in common.</summary>
internal sealed record WriteOptions
{
    /// <summary>Go through everything but leave the store alone.</summary>
    public bool DryRun { get; init; }

    /// <summary>For what the server itself makes and answers for.</summary>
    public bool SkipsValidation { get; init; }

    public FieldValidation FieldValidation { get; init; } = FieldValidation.Strict;

    /// <summary>Who owns what the write sets; empty for the user who asks.</summary>
    public string Manager { get; init; } = "";

    /// <summary>Apply even what others own.</summary>
    public bool Force { get; init; }

    public static WriteOptions Default { get; } = new();
}
