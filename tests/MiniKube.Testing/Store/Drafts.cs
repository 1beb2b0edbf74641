using System.Text;
using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>Objects for tests of the store: it looks at nothing in them but the place of the revision.</summary>
public static class Drafts
{
    private const string Start = "{\"metadata\":{\"resourceVersion\":\"";

    /// <summary>A draft that carries a value.</summary>
    public static ObjectDraft Of(string value, TimeSpan? timeToLive = null)
        => new(Encoding.UTF8.GetBytes($"{Start}\"}},\"value\":\"{value}\"}}"), Start.Length, timeToLive);

    /// <summary>The whole JSON of such an object at a revision.</summary>
    public static string Json(string value, long revision) => $"{Start}{revision}\"}},\"value\":\"{value}\"}}";

    /// <summary>The JSON of an object as text.</summary>
    public static string TextOf(StoredObject item) => Encoding.UTF8.GetString(item.Json.Span);

    /// <summary>The key of a pod.</summary>
    public static ResourceKey Pod(string name, string inNamespace = "default") => new("pods", inNamespace, name);
}
