using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>JSON patch, RFC 6902. Pure; all operations or none.</summary>
internal static class JsonPatch
{
    // Kubernetes' own bound: enough for any real change, small enough to keep one request from holding a core.
    private const int OperationsMax = 10_000;

    /// <summary>The patched document; neither argument is changed.</summary>
    /// <exception cref="ApiException">BadRequest: not a patch. Invalid: a path is not there or a test failed.</exception>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonArray operations)
        {
            throw new ApiException(StatusReason.BadRequest, "a JSON patch must be an array of operations");
        }

        if (operations.Count > OperationsMax)
        {
            throw new ApiException(
                StatusReason.RequestEntityTooLarge,
                $"The allowed maximum operations in a JSON patch is {OperationsMax}, got {operations.Count}");
        }

        var document = new Document(target?.DeepClone());
        foreach (var operation in operations)
        {
            Run(document, operation as JsonObject
                ?? throw new ApiException(StatusReason.BadRequest, "each operation of a JSON patch must be an object"));
        }

        return document.Root;
    }

    private static void Run(Document document, JsonObject operation)
    {
        var path = Text(operation, "path");
        switch (Text(operation, "op"))
        {
            case "add":
                document.Add(path, Value(operation));
                break;
            case "remove":
                document.Remove(path);
                break;
            case "replace":
                document.Replace(path, Value(operation));
                break;
            case "move":
                Move(document, Text(operation, "from"), path);
                break;
            case "copy":
                document.Add(path, document.Get(Text(operation, "from"))?.DeepClone());
                break;
            case "test":
                Test(document, path, Value(operation));
                break;
            case var other:
                throw new ApiException(StatusReason.BadRequest,
                    $"unknown JSON patch operation \"{other}\": use add, remove, replace, move, copy or test");
        }
    }

    private static void Move(Document document, string from, string path)
    {
        if (path.StartsWith(from + "/", StringComparison.Ordinal))
        {
            throw new ApiException(StatusReason.Invalid, $"cannot move \"{from}\" into itself at \"{path}\"");
        }

        var moved = document.Get(from)?.DeepClone();
        document.Remove(from);
        document.Add(path, moved);
    }

    private static void Test(Document document, string path, JsonNode? expected)
    {
        if (!JsonNode.DeepEquals(document.Get(path), expected))
        {
            throw new ApiException(StatusReason.Invalid, $"testing path \"{path}\" failed: the value is another one");
        }
    }

    private static string Text(JsonObject operation, string member)
        => operation[member] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw new ApiException(StatusReason.BadRequest, $"a JSON patch operation needs a string \"{member}\"");

    private static JsonNode? Value(JsonObject operation)
        => operation.TryGetPropertyValue("value", out var value)
            ? value?.DeepClone()
            : throw new ApiException(StatusReason.BadRequest, "add, replace and test need a \"value\"");

    /// <summary>The document under the operations; the root itself can be replaced.</summary>
    private sealed class Document(JsonNode? root)
    {
        public JsonNode? Root { get; private set; } = root;

        public JsonNode? Get(string pointer)
        {
            var node = Root;
            foreach (var token in JsonPointer.Parse(pointer))
            {
                node = Child(node, token, pointer);
            }

            return node;
        }

        public void Add(string pointer, JsonNode? value)
        {
            if (!TryParent(pointer, out var parent, out var token))
            {
                Root = value;
                return;
            }

            switch (parent)
            {
                case JsonObject map:
                    map[token] = value;
                    break;
                case JsonArray list:
                    list.Insert(token == JsonPointer.End ? list.Count : IndexOf(list.Count, token, pointer), value);
                    break;
                default:
                    throw Missing(pointer);
            }
        }

        public void Remove(string pointer)
        {
            if (!TryParent(pointer, out var parent, out var token))
            {
                throw new ApiException(StatusReason.Invalid, "cannot remove the whole object with a patch; delete it");
            }

            switch (parent)
            {
                case JsonObject map when map.Remove(token):
                    break;
                case JsonArray list:
                    list.RemoveAt(IndexOf(list.Count - 1, token, pointer));
                    break;
                default:
                    throw Missing(pointer);
            }
        }

        public void Replace(string pointer, JsonNode? value)
        {
            if (!TryParent(pointer, out var parent, out var token))
            {
                Root = value;
                return;
            }

            switch (parent)
            {
                case JsonObject map when map.ContainsKey(token):
                    map[token] = value;
                    break;
                case JsonArray list:
                    list[IndexOf(list.Count - 1, token, pointer)] = value;
                    break;
                default:
                    throw Missing(pointer);
            }
        }

        private bool TryParent(string pointer, out JsonNode? parent, out string token)
        {
            var tokens = JsonPointer.Parse(pointer);
            parent = Root;
            token = "";
            if (tokens.Length == 0)
            {
                return false;
            }

            foreach (var step in tokens[..^1])
            {
                parent = Child(parent, step, pointer);
            }

            token = tokens[^1];
            return true;
        }

        private static JsonNode? Child(JsonNode? node, string token, string pointer) => node switch
        {
            JsonObject map when map.TryGetPropertyValue(token, out var value) => value,
            JsonArray list => list[IndexOf(list.Count - 1, token, pointer)],
            _ => throw Missing(pointer),
        };

        private static int IndexOf(int max, string token, string pointer)
            => JsonPointer.Index(token, max) ?? throw Missing(pointer);

        private static ApiException Missing(string pointer)
            => new(StatusReason.Invalid, $"the path \"{pointer}\" of the JSON patch is not in the object");
    }
}
