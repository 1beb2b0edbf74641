namespace MiniKube.Store;

/// <summary>
/// The objects of one resource in key order. Immutable: a change makes a new tree that shares all but one path with the
/// old one, so a snapshot of the past costs next to nothing and readers need no lock. A B+ tree that knows how many
/// objects lie below each node: pages start anywhere, and what follows them can be counted, without walking.
/// </summary>
internal sealed class ObjectTree
{
    public static readonly ObjectTree Empty = new(null);

    private readonly TreeNode? _root;

    private ObjectTree(TreeNode? root) => _root = root;

    public int Count => _root?.Count ?? 0;

    public StoredObject? Find(in ResourceKey key) => _root?.Find(key);

    /// <summary>Adds the object, or replaces the one with its key.</summary>
    public ObjectTree With(StoredObject item)
    {
        if (_root is null)
        {
            return new ObjectTree(new TreeLeaf([item]));
        }

        var (left, right) = _root.With(item);
        return new ObjectTree(right is null ? left : new TreeBranch([left, right]));
    }

    /// <summary>Without the object of that key, which must be there.</summary>
    public ObjectTree Without(in ResourceKey key)
    {
        var root = _root?.Without(key);
        return root is null ? Empty : new ObjectTree(root is TreeBranch { OnlyChild: { } only } ? only : root);
    }

    /// <summary>How many objects come before the key in order; the key itself need not exist.</summary>
    public int CountBefore(in ResourceKey key) => _root?.CountBefore(key) ?? 0;

    /// <summary>Copies the objects from a position on until the destination is full.</summary>
    public void CopyTo(int start, Span<StoredObject> destination) => _root?.CopyTo(start, destination);

    /// <summary>The order within one resource.</summary>
    public static int Compare(in ResourceKey left, in ResourceKey right)
    {
        var byNamespace = string.CompareOrdinal(left.Namespace, right.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(left.Name, right.Name);
    }
}
