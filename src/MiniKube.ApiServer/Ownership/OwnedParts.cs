namespace MiniKube.ApiServer;

/// <summary>
/// Which parts of an object a write can own. Names, times and the like belong to the server; what the write cannot change (the status in
/// a write of the object, everything else in a write of the status) is not its own either.
/// </summary>
internal sealed class OwnedParts
{
    private const string Metadata = "f:metadata";
    private const string Status = "f:status";

    private static readonly string[] ServerFields =
    [
        "f:name", "f:namespace", "f:creationTimestamp", "f:selfLink", "f:uid", "f:generation", "f:managedFields", "f:resourceVersion",
    ];

    private static readonly string[] StatusMetadata = ["f:labels", "f:annotations"];

    private readonly bool _statusOnly;
    private readonly bool _statusToo;

    private OwnedParts(bool statusOnly, bool statusToo)
    {
        _statusOnly = statusOnly;
        _statusToo = statusToo;
    }

    private static readonly OwnedParts OfObject = new(statusOnly: false, statusToo: false);
    private static readonly OwnedParts OfWhole = new(statusOnly: false, statusToo: true);
    private static readonly OwnedParts OfStatus = new(statusOnly: true, statusToo: true);

    public static OwnedParts Of(ResourceDefinition definition, string subresource) => subresource switch
    {
        "status" or "approval" => OfStatus,
        _ => definition.HasStatus ? OfObject : OfWhole,
    };

    /// <summary>Takes out of the set of a whole object's fields what no write of this kind owns.</summary>
    public void Keep(FieldSet set)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (!_statusToo)
        {
            set.Remove(Status);
        }

        KeepMetadata(set);
        if (_statusOnly)
        {
            set.RemoveWhere(static step => step is not (Metadata or Status));
        }
    }

    private void KeepMetadata(FieldSet set)
    {
        if (set.Find(Metadata) is not { } metadata)
        {
            return;
        }

        metadata.IsMember = false;
        if (_statusOnly)
        {
            metadata.RemoveWhere(static step => !StatusMetadata.Contains(step));
        }
        else
        {
            metadata.RemoveWhere(static step => ServerFields.Contains(step));
        }

        if (metadata.IsEmpty)
        {
            set.Remove(Metadata);
        }
    }
}
