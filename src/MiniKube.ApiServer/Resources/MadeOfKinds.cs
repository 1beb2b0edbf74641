using System.Collections.Immutable;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Something made of all objects of some kinds, as of now: a write that was answered counts for the next request. Made anew when one
/// of these objects changed; as long as nothing at all is written, asking costs one comparison, and else a look at the lists in
/// memory. Thread-safe; two callers that meet a change together may both make it.
/// </summary>
/// <param name="store">Where they are.</param>
/// <param name="kinds">Which.</param>
/// <param name="make">Gets the objects of each kind, in the order of the kinds.</param>
internal sealed class MadeOfKinds<T>(
    IResourceStore store, ImmutableArray<ResourceDefinition> kinds, Func<IReadOnlyList<IReadOnlyList<StoredObject>>, T> make)
    where T : class
{
    private State? _state;

    public T Current
    {
        get
        {
            // Read before the lists are: what is written meanwhile is looked at by the next question.
            var revision = store.Current.Value;
            var known = Volatile.Read(ref _state);
            if (known?.Revision == revision)
            {
                return known.Made;
            }

            var parts = new IReadOnlyList<StoredObject>[kinds.Length];
            for (var index = 0; index < parts.Length; index++)
            {
                parts[index] = store.List(new ListRequest(new KeyRange(kinds[index].Gvr.GroupResource))).Objects;
            }

            var made = known is not null && AreSame(parts, known.Parts) ? known.Made : make(parts);
            Volatile.Write(ref _state, new State(revision, parts, made));
            return made;
        }
    }

    private static bool AreSame(IReadOnlyList<StoredObject>[] some, IReadOnlyList<StoredObject>[] others)
    {
        for (var kind = 0; kind < some.Length; kind++)
        {
            var (left, right) = (some[kind], others[kind]);
            if (left.Count != right.Count)
            {
                return false;
            }

            for (var index = 0; index < left.Count; index++)
            {
                if (left[index].Revision != right[index].Revision || left[index].Key != right[index].Key)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private sealed record State(long Revision, IReadOnlyList<StoredObject>[] Parts, T Made);
}
