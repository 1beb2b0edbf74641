namespace MiniKube.Runtimes;

/// <summary>Logs.</summary>
public sealed partial class EmbeddedRuntime
{
    /// <inheritdoc/>
    public async Task CopyLogsAsync(
        string containerId, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        await AdoptAsync(cancellationToken);
        if (Find(containerId) is not var (sandbox, container)
            || (!await CopyAsync(sandbox, container, query, destination, cancellationToken) && container.State is not null))
        {
            throw new RuntimeException(RuntimeError.NotFound, $"there is no container {containerId}");
        }
    }

    // False when the log is not there: not yet, or not any more.
    private static async Task<bool> CopyAsync(
        EmbeddedSandbox sandbox, EmbeddedContainer container, LogQuery query, Stream destination, CancellationToken cancellationToken)
    {
        var log = new ContainerLog(container.Directory, query);
        if (!query.Follow || !container.Running || !sandbox.Ready)
        {
            return await log.CopyAsync(destination, !container.Running, null, cancellationToken);
        }

        await using var shim = await sandbox.ConnectAsync(cancellationToken);
        return await log.CopyAsync(
            destination, false, known => WaitForLogAsync(shim, container.Record.Key, known, cancellationToken), cancellationToken);
    }

    private static async Task<LogState> WaitForLogAsync(
        ShimConnection shim, string key, LogState known, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await shim.AskAsync(
                FrameKind.WaitLog,
                writer =>
                {
                    writer.Write(key);
                    known.Write(writer);
                },
                cancellationToken);
            return LogState.Read(answer);
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return known with { Ended = true }; // The sandbox was removed meanwhile: what is written is all there will be.
        }
    }
}
