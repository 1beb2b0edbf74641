using System.Globalization;
using System.Text.Json;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>All of <c>metadata.managedFields</c> of an object on its way through a write.</summary>
internal sealed class ManagedFields(List<FieldOwner> owners)
{
    // As in Kubernetes: more updaters than this, and the oldest become one.
    private const int UpdatersMax = 10;
    private const string AncientChanges = "ancient-changes";

    public IReadOnlyList<FieldOwner> Owners => owners;

    /// <summary>Reads what this server stored; empty bytes are no owners.</summary>
    public static ManagedFields Read(ReadOnlyMemory<byte> json)
    {
        var owners = new List<FieldOwner>();
        if (json.IsEmpty)
        {
            return new ManagedFields(owners);
        }

        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            owners.Add(FieldOwner.Read(ref reader, json));
        }

        return new ManagedFields(owners);
    }

    /// <summary>
    /// What a client's body says, or null when it says nothing that counts: no list, an empty one, or a malformed one. One empty entry
    /// resets: there are no owners then. https://kubernetes.io/docs/reference/using-api/server-side-apply/#clearing-managedfields
    /// </summary>
    public static ManagedFields? Given(IList<V1ManagedFieldsEntry>? entries)
    {
        entries = entries is OwnersJson body ? body.Read() : entries;
        if (entries is not { Count: > 0 })
        {
            return null;
        }

        if (entries is [{ Manager: null or "", Operation: null or "", FieldsV1: null, ApiVersion: null or "", Time: null }])
        {
            return new ManagedFields([]);
        }

        var read = entries.Select(entry => entry is null ? null : FieldOwner.Of(entry)).ToList();
        return read.Contains(null) ? null : new ManagedFields(Distinct(read!));
    }

    public static string TimeText(DateTime time)
        => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>True when both say the same, in whatever order.</summary>
    public bool IsSameAs(ManagedFields other)
        => owners.Count == other.Owners.Count
            && owners.TrueForAll(owner => other.Owners.Any(
                same => same.IsSame(owner) && same.Time == owner.Time && same.Fields.SetEquals(owner.Fields)));

    public FieldOwner? Find(string manager, string operation, string apiVersion, string subresource)
        => owners.Find(owner => owner.Is(manager, operation, apiVersion, subresource));

    /// <summary>Everybody but one loses the fields.</summary>
    public void Take(FieldSet fields, FieldOwner? from)
    {
        foreach (var owner in owners)
        {
            if (owner != from && owner.CountCommon(fields) > 0)
            {
                owner.Edit().ExceptWith(fields);
            }
        }
    }

    /// <summary>The updater owns the fields too, as of now.</summary>
    public void Give(FieldSet fields, string manager, string apiVersion, string subresource, string? time)
    {
        if (Find(manager, FieldOwner.Update, apiVersion, subresource) is not { } owner)
        {
            owners.Add(new FieldOwner(manager, FieldOwner.Update, apiVersion, subresource, time, fields));
            return;
        }

        owner.Time = time;
        if (owner.CountCommon(fields) < fields.MemberCount)
        {
            owner.Edit().UnionWith(fields);
        }
    }

    public void Add(FieldOwner owner) => owners.Add(owner);

    /// <summary>The list as it is stored; empty when there are no owners.</summary>
    public byte[] Write()
    {
        owners.RemoveAll(owner => owner.IsEmpty);
        MergeOldest();
        if (owners.Count == 0)
        {
            return [];
        }

        owners.Sort(Compare);
        return OwnersWriter.Write(owners, static (writer, owners) =>
        {
            writer.WriteStartArray();
            foreach (var owner in owners)
            {
                owner.Write(writer);
            }

            writer.WriteEndArray();
        });
    }

    private static List<FieldOwner> Distinct(List<FieldOwner> read)
    {
        var distinct = new List<FieldOwner>();
        foreach (var owner in read)
        {
            distinct.RemoveAll(owner.IsSame);
            distinct.Add(owner);
        }

        return distinct;
    }

    private void MergeOldest()
    {
        var updaters = owners.Where(owner => owner.Operation == FieldOwner.Update).ToList();
        updaters.Sort(Compare);
        var surplus = updaters.Count - UpdatersMax;
        foreach (var oldest in updaters)
        {
            if (surplus <= 0)
            {
                return;
            }

            if (oldest.Manager == AncientChanges)
            {
                continue;
            }

            owners.Remove(oldest);
            surplus -= Find(AncientChanges, FieldOwner.Update, oldest.ApiVersion, "") is null ? 0 : 1;
            Give(oldest.Fields, AncientChanges, oldest.ApiVersion, "", oldest.Time);
        }
    }

    private static int Compare(FieldOwner left, FieldOwner right)
    {
        var order = string.CompareOrdinal(left.Operation, right.Operation);
        order = order != 0 ? order : string.CompareOrdinal(left.Time ?? "", right.Time ?? "");
        order = order != 0 ? order : string.CompareOrdinal(left.Manager, right.Manager);
        order = order != 0 ? order : string.CompareOrdinal(left.ApiVersion, right.ApiVersion);
        return order != 0 ? order : string.CompareOrdinal(left.Subresource, right.Subresource);
    }
}
