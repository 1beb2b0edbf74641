namespace MiniKube.Store;

/// <summary>
/// A caller who waits for the disk: with a change of its own, or without one for an answer that must not be given
/// before the writes ahead of it are durable.
/// </summary>
internal sealed class PendingWrite(Change? change)
{
    // Continuations run elsewhere: the writer thread must never execute a caller's code.
    private readonly TaskCompletionSource<StoredObject?> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Change? Change { get; } = change;

    public ValueTask<StoredObject?> Task => new(_done.Task);

    public void Complete() => _done.SetResult(Change?.Event.Object);

    /// <summary>Fails the write unless it was already acknowledged.</summary>
    public void Fail(Exception error) => _done.TrySetException(error);
}
