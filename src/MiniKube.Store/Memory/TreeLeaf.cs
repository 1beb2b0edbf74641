namespace MiniKube.Store;

/// <summary>The bottom of an <see cref="ObjectTree"/>: objects in key order.</summary>
internal sealed class TreeLeaf(StoredObject[] items) : TreeNode(items.Length, items[0].Key)
{
    // A write copies one leaf: 64 references are half a kilobyte, and 3,000 objects need only one level above.
    private const int ItemsMax = 64;

    // Leaves this small are joined with a neighbour if both fit well: removals leave no trail of almost empty leaves,
    // and the next insertion does not split what was just joined.
    private const int ItemsAfterJoinMax = ItemsMax / 2;

    public override StoredObject? Find(in ResourceKey key)
    {
        var at = IndexOf(key, out var found);
        return found ? items[at] : null;
    }

    public override (TreeNode Left, TreeNode? Right) With(StoredObject item)
    {
        var at = IndexOf(item.Key, out var found);
        if (found)
        {
            var replaced = items.AsSpan().ToArray();
            replaced[at] = item;
            return (new TreeLeaf(replaced), null);
        }

        StoredObject[] grown = [.. items.AsSpan(0, at), item, .. items.AsSpan(at)];
        if (grown.Length <= ItemsMax)
        {
            return (new TreeLeaf(grown), null);
        }

        // Names often grow in order (pods of a set, events): leave the left leaf full then.
        var middle = at == items.Length ? ItemsMax : grown.Length / 2;
        return (new TreeLeaf(grown[..middle]), new TreeLeaf(grown[middle..]));
    }

    public override TreeNode? Without(in ResourceKey key)
    {
        var at = IndexOf(key, out var found);
        if (!found)
        {
            throw new InvalidOperationException($"{key} is not in the tree");
        }

        return items.Length == 1 ? null : new TreeLeaf([.. items.AsSpan(0, at), .. items.AsSpan(at + 1)]);
    }

    public override int CountBefore(in ResourceKey key) => IndexOf(key, out _);

    public override void CopyTo(int start, Span<StoredObject> destination)
        => items.AsSpan(start, Math.Min(destination.Length, items.Length - start)).CopyTo(destination);

    public override TreeNode? JoinedWith(TreeNode right)
        => right is TreeLeaf leaf && Count + leaf.Count <= ItemsAfterJoinMax
            ? new TreeLeaf([.. items, .. leaf.Items])
            : null;

    private ReadOnlySpan<StoredObject> Items => items;

    /// <summary>Where the key is, or where it would be.</summary>
    private int IndexOf(in ResourceKey key, out bool found)
    {
        var low = 0;
        var high = items.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = ObjectTree.Compare(items[middle].Key, key);
            if (order == 0)
            {
                found = true;
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        found = false;
        return low;
    }
}
