using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>One object now and after every change, whatever happens to the connection's watches in between.</summary>
internal static class ObjectWatch
{
    /// <summary>
    /// Ends when the object is deleted; throws <see cref="RefusedException"/> (404) when it is not there at first.
    /// </summary>
    public static async IAsyncEnumerable<JsonObject> FollowAsync(
        ApiConnection api, ResourceKind kind, string @namespace, string name,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var item = await api.GetAsync(kind.PathOf(@namespace, name), cancellationToken);
            yield return item;
            await foreach (var (type, changed) in ChangesAsync(api, kind, @namespace, item, cancellationToken))
            {
                if (type == "DELETED")
                {
                    yield break;
                }

                yield return changed;
            }
        }
    }

    private static async IAsyncEnumerable<(string Type, JsonObject Item)> ChangesAsync(
        ApiConnection api, ResourceKind kind, string @namespace, JsonObject item,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = QueryText.Of(
            ("watch", "1"),
            ("fieldSelector", $"metadata.name={item["metadata"]!["name"]}"),
            ("resourceVersion", item["metadata"]!["resourceVersion"]!.ToString()));
        await foreach (var change in api.StreamAsync(kind.PathOf(@namespace) + query, ApiConnection.Json, cancellationToken))
        {
            var type = change["type"]!.ToString();
            if (type == "ERROR")
            {
                yield break; // The watch is too old; the caller reads the object again.
            }

            if (type != "BOOKMARK")
            {
                yield return (type, change["object"]!.AsObject());
            }
        }
    }
}
