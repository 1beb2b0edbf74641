using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Get and list: what is stored, as it is stored. Nothing here waits or copies an object's bytes.</summary>
internal sealed class ObjectReader(IResourceStore store)
{
    // Objects looked at per step of a limited list with a selector: enough to fill most pages in one or two steps.
    private const int ScanMax = 500;

    /// <exception cref="ApiException">NotFound.</exception>
    public StoredObject Get(ResourceRequest request) => store.Find(request.Key) ?? throw request.NotFound();

    /// <exception cref="ApiException">
    /// Expired: the page's revision is compacted; BadRequest: the continue token is not one.
    /// </exception>
    public ListPage List(ResourceRequest request, Selection selection, ListOptions options)
    {
        var isOfNow = options.Continue.Length == 0 && options.At is null;
        if (isOfNow && selection.Name is { } name && request.Namespace.Length > 0)
        {
            return ListOne(request with { Name = name }, selection);
        }

        var (at, after) = Position(request, options);
        return options.Limit is { } limit
            ? ListLimited(request, selection, new ListRequest(request.Range, at, after), limit)
            : ListRest(request, selection, new ListRequest(request.Range, at, after));
    }

    private ListPage ListOne(ResourceRequest request, Selection selection)
    {
        var revision = store.Current;
        var found = store.Find(request.Key);
        return new ListPage(revision, found is not null && selection.Matches(found) ? [found] : [], "", null);
    }

    private ListPage ListRest(ResourceRequest request, Selection selection, ListRequest start)
    {
        var all = ListStored(request, start);
        var objects = selection.IsEverything ? all.Objects : [.. all.Objects.Where(selection.Matches)];
        return new ListPage(all.Revision, objects, "", null);
    }

    private ListPage ListLimited(ResourceRequest request, Selection selection, ListRequest start, int limit)
    {
        var found = new List<StoredObject>(Math.Min(limit, ScanMax));
        while (true)
        {
            var step = ListStored(request, start with { Limit = selection.IsEverything ? limit : ScanMax });
            for (var index = 0; index < step.Objects.Count; index++)
            {
                if (selection.Matches(step.Objects[index]))
                {
                    found.Add(step.Objects[index]);
                }

                if (found.Count == limit)
                {
                    return Page(step, found, step.Objects.Count - 1 - index + step.Remaining, selection.IsEverything);
                }
            }

            if (step.Remaining == 0)
            {
                return new ListPage(step.Revision, found, "", null);
            }

            start = start with { At = step.Revision, After = step.Objects[^1].Key };
        }
    }

    // Kubernetes leaves the count out with selectors: nobody knows how many of the rest will match.
    private static ListPage Page(ListResult step, List<StoredObject> found, long remaining, bool counted)
    {
        if (remaining == 0)
        {
            return new ListPage(step.Revision, found, "", null);
        }

        var token = new ContinueToken(step.Revision, found[^1].Key.Object);
        return new ListPage(step.Revision, found, token.ToString(), counted ? remaining : null);
    }

    private static (Revision? At, ResourceKey? After) Position(ResourceRequest request, ListOptions options)
    {
        if (options.Continue.Length == 0)
        {
            return (options.At, null);
        }

        if (!ContinueToken.TryParse(options.Continue, out var token))
        {
            throw new ApiException(StatusReason.BadRequest,
                "continue key is not valid: pass the value of metadata.continue of the page before, unchanged");
        }

        return (token.Revision, request.Key with { Namespace = token.Last.Namespace, Name = token.Last.Name });
    }

    private ListResult ListStored(ResourceRequest request, ListRequest list)
    {
        try
        {
            return store.List(list);
        }
        catch (ApiException expired) when (expired.Reason == StatusReason.Expired && list.After is not null)
        {
            throw new ApiException(StatusReason.Expired,
                $"The provided continue parameter is too old to display a consistent list result of "
                + $"{request.Definition.Gvr.Resource}. "
                + "You must start a new list without the continue parameter.");
        }
    }
}
