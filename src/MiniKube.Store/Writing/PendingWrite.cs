namespace MiniKube.Store;

/// <summary>
/// A caller who waits for the disk: with a change of its own, or without one for an answer that must not be given
/// before the writes ahead of it are durable, and with something to do on the writer thread then.
/// </summary>
internal sealed class PendingWrite(Change? change, Action? then = null)
{
    // Continuations run elsewhere: the writer thread must never execute a caller's code.
    private readonly TaskCompletionSource<StoredObject?> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Change? Change { get; } = change;

    public ValueTask<StoredObject?> Task => new(_done.Task);

    /// <summary>Does what was asked for and answers; a disk that does not let it is told to who asked.</summary>
    public void Complete()
    {
        try
        {
            then?.Invoke();
            _done.SetResult(Change?.Event.Object);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _done.SetException(refused);
        }
    }

    /// <summary>Fails the write unless it was already acknowledged.</summary>
    public void Fail(Exception error) => _done.TrySetException(error);
}
