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
}

internal static class VerbNames
{
    private static readonly string[] Names =
        ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

    /// <summary>The verb as RBAC rules, messages and metrics write it.</summary>
    public static string Lower(this Verb verb) => Names[(int)verb];
}
