namespace MiniKube.Api;

/// <summary>Group, version and plural resource name: what a URL names. The core group is the empty string.</summary>
public readonly record struct Gvr(string Group, string Version, string Resource)
{
    /// <summary>A resource of the core group.</summary>
    public static Gvr Core(string version, string resource) => new("", version, resource);

    /// <summary><c>v1</c> or <c>apps/v1</c>, as objects write it.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>pods</c> or <c>deployments.apps</c>: how messages, RBAC and store keys name the resource.</summary>
    public string GroupResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    /// <inheritdoc />
    public override string ToString() => $"{GroupResource}/{Version}";
}

/// <summary>Group, version and kind: what an object says it is.</summary>
public readonly record struct Gvk(string Group, string Version, string Kind)
{
    /// <summary><c>v1</c> or <c>apps/v1</c>, as objects write it.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Splits an object's <c>apiVersion</c>; a version without a slash is of the core group.</summary>
    public static Gvk Parse(string apiVersion, string kind)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new Gvk("", apiVersion, kind) : new Gvk(apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    /// <inheritdoc />
    public override string ToString() => $"{ApiVersion}, Kind={Kind}";
}
