namespace MiniKube.Store;

/// <summary>A node of an <see cref="ObjectTree"/>: never empty, never changed.</summary>
internal abstract class TreeNode(int count, ResourceKey first)
{
    /// <summary>Objects below the node.</summary>
    public int Count { get; } = count;

    /// <summary>The smallest key below the node.</summary>
    public ResourceKey First { get; } = first;

    public abstract StoredObject? Find(in ResourceKey key);

    /// <summary>The node with the object in it; two nodes when it had no room.</summary>
    public abstract (TreeNode Left, TreeNode? Right) With(StoredObject item);

    /// <summary>The node without the object, which must be below it; null when it was the last.</summary>
    public abstract TreeNode? Without(in ResourceKey key);

    public abstract int CountBefore(in ResourceKey key);

    public abstract void CopyTo(int start, Span<StoredObject> destination);

    /// <summary>This node and its right neighbour in one, or null when they are too big to be joined.</summary>
    public abstract TreeNode? JoinedWith(TreeNode right);
}
