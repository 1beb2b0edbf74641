namespace MiniKube.ApiServer;

/// <summary>What a request wants; in messages and metrics by the lower-case name.</summary>
internal enum Verb
{
    Get,
    List,
    Watch,
    Create,
    Update,
    Patch,
    Delete,
    DeleteCollection,

    /// <summary>No request: the permission to give more than one has.</summary>
    Escalate,

    /// <summary>No request: the permission to bind a role one does not have.</summary>
    Bind,
}

internal static class VerbNames
{
    private static readonly string[] Names =
        ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "escalate", "bind"];

    /// <summary>The verb of that name, or null.</summary>
    public static Verb? Parse(string text) => Array.IndexOf(Names, text) is >= 0 and var index ? (Verb)index : null;

    /// <summary>The verb as RBAC rules, messages and metrics write it.</summary>
    public static string Lower(this Verb verb) => Names[(int)verb];
}
