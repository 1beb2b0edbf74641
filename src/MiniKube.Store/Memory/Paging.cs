using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Cuts the asked page out of the objects of one resource.</summary>
internal static class Paging
{
    public static ListResult Page(Revision revision, ObjectTree objects, in ListRequest request)
    {
        var (start, end) = Bounds(objects, request.Range);
        if (request.After is { } after)
        {
            start = Math.Max(start, objects.CountBefore(BehindName(after)));
        }

        var left = Math.Max(0, end - start);
        var page = new StoredObject[Math.Min(left, request.Limit ?? left)];
        objects.CopyTo(start, page);
        return new ListResult(revision, page, left - page.Length);
    }

    private static (int Start, int End) Bounds(ObjectTree objects, KeyRange range)
    {
        if (range.Namespace is not { } name)
        {
            return (0, objects.Count);
        }

        var start = objects.CountBefore(FirstOf(range.Resource, name));
        return (start, objects.CountBefore(FirstOf(range.Resource, Behind(name))));
    }

    private static ResourceKey FirstOf(string resource, string name) => new(resource, name, "");

    private static ResourceKey BehindName(in ResourceKey key) => key with { Name = Behind(key.Name) };

    // The next string in ordinal order.
    private static string Behind(string text) => text + '\0';
}
