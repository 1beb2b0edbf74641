namespace MiniKube.Store;

/// <summary>An inner node of an <see cref="ObjectTree"/>: children in key order.</summary>
internal sealed class TreeBranch(TreeNode[] children) : TreeNode(CountOf(children), children[0].First)
{
    private const int ChildrenMax = 64;
    private const int ChildrenAfterJoinMax = ChildrenMax / 2;

    /// <summary>The child, when there is only one: the root is then one level too high.</summary>
    public TreeNode? OnlyChild => children.Length == 1 ? children[0] : null;

    public override StoredObject? Find(in ResourceKey key) => children[IndexOf(key)].Find(key);

    public override (TreeNode Left, TreeNode? Right) With(StoredObject item)
    {
        var at = IndexOf(item.Key);
        var (left, right) = children[at].With(item);
        if (right is null)
        {
            var replaced = children.AsSpan().ToArray();
            replaced[at] = left;
            return (new TreeBranch(replaced), null);
        }

        TreeNode[] grown = [.. children.AsSpan(0, at), left, right, .. children.AsSpan(at + 1)];
        if (grown.Length <= ChildrenMax)
        {
            return (new TreeBranch(grown), null);
        }

        var middle = at == children.Length - 1 ? ChildrenMax : grown.Length / 2;
        return (new TreeBranch(grown[..middle]), new TreeBranch(grown[middle..]));
    }

    public override TreeNode? Without(in ResourceKey key)
    {
        var at = IndexOf(key);
        var smaller = children[at].Without(key);
        if (smaller is null)
        {
            return children.Length == 1
                ? null
                : new TreeBranch([.. children.AsSpan(0, at), .. children.AsSpan(at + 1)]);
        }

        if (at > 0 && children[at - 1].JoinedWith(smaller) is { } withLeft)
        {
            return new TreeBranch([.. children.AsSpan(0, at - 1), withLeft, .. children.AsSpan(at + 1)]);
        }

        if (at + 1 < children.Length && smaller.JoinedWith(children[at + 1]) is { } withRight)
        {
            return new TreeBranch([.. children.AsSpan(0, at), withRight, .. children.AsSpan(at + 2)]);
        }

        var replaced = children.AsSpan().ToArray();
        replaced[at] = smaller;
        return new TreeBranch(replaced);
    }

    public override int CountBefore(in ResourceKey key)
    {
        var at = IndexOf(key);
        return CountOf(children.AsSpan(0, at)) + children[at].CountBefore(key);
    }

    public override void CopyTo(int start, Span<StoredObject> destination)
    {
        foreach (var child in children)
        {
            if (destination.IsEmpty)
            {
                return;
            }

            if (start >= child.Count)
            {
                start -= child.Count;
                continue;
            }

            child.CopyTo(start, destination);
            destination = destination[Math.Min(destination.Length, child.Count - start)..];
            start = 0;
        }
    }

    public override TreeNode? JoinedWith(TreeNode right)
        => right is TreeBranch branch && children.Length + branch.Children.Length <= ChildrenAfterJoinMax
            ? new TreeBranch([.. children, .. branch.Children])
            : null;

    private ReadOnlySpan<TreeNode> Children => children;

    private static int CountOf(ReadOnlySpan<TreeNode> nodes)
    {
        var count = 0;
        foreach (var node in nodes)
        {
            count += node.Count;
        }

        return count;
    }

    /// <summary>The child that has the key, or would have it: the last one that does not start behind it.</summary>
    private int IndexOf(in ResourceKey key)
    {
        var low = 1;
        var high = children.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ObjectTree.Compare(children[middle].First, key) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low - 1;
    }
}
