using System.Net;

namespace MiniKube.Runtimes;

/// <summary>Sandboxes.</summary>
public sealed partial class EmbeddedRuntime
{
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public async Task<SandboxStatus> RunSandboxAsync(SandboxSpec sandbox, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        await AdoptAsync(cancellationToken);
        var turn = await TakeTurnAsync(sandbox.Id, cancellationToken);
        try
        {
            if (_sandboxes.TryGetValue(sandbox.Id, out var existing))
            {
                return existing.ToStatus();
            }

            var made = await MakeSandboxAsync(sandbox, cancellationToken);
            _sandboxes[sandbox.Id] = made;
            return made.ToStatus();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        var turn = await TakeTurnAsync(sandboxId, cancellationToken);
        try
        {
            if (_sandboxes.TryGetValue(sandboxId, out var sandbox))
            {
                await ClearAsync(sandbox, cancellationToken);
                _sandboxes.TryRemove(sandboxId, out _);
                await sandbox.DisposeAsync();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        return [.. _sandboxes.Values.Select(static sandbox => sandbox.ToStatus())];
    }

    private async Task<EmbeddedSandbox> MakeSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(_sandboxRoot, spec.Id);
        Directory.CreateDirectory(directory, OnlyRoot);
        var sandbox = new EmbeddedSandbox(directory, NewRecord(spec), _changes.Publish);
        sandbox.Save(sandbox.Record); // First, so that whatever comes after it is found and removed.
        try
        {
            var pid = await _launcher.StartAsync(NewStart(spec, directory), cancellationToken);
            if (!spec.HostNetwork)
            {
                var ip = await _network.AttachAsync(spec.Id, $"/proc/{pid}/ns/net", cancellationToken);
                sandbox.Save(sandbox.Record with { Ip = ip.ToString() });
            }

            await sandbox.AdoptAsync(cancellationToken);
            return sandbox;
        }
        catch (Exception)
        {
            await ClearFailedAsync(sandbox);
            throw;
        }
    }

    private SandboxRecord NewRecord(SandboxSpec spec) => new()
    {
        Id = spec.Id,
        Namespace = spec.Pod.Key.Namespace,
        Name = spec.Pod.Key.Name,
        Uid = spec.Pod.Uid,
        Hostname = spec.HostNetwork ? Dns.GetHostName() : spec.Hostname,
        Created = _time.GetUtcNow(),
    };

    private static SandboxStart NewStart(SandboxSpec spec, string directory) => new()
    {
        Directory = directory,
        Hostname = spec.Hostname,
        HostNetwork = spec.HostNetwork,
        HostPid = spec.HostPid,
        HostIpc = spec.HostIpc,
        ShareProcessNamespace = spec.ShareProcessNamespace,
        Sysctls = [.. spec.Sysctls.Select(static one => $"{one.Key}={one.Value}")],
    };

    // Not cancelled: what failed to start must not stay.
    private async Task ClearFailedAsync(EmbeddedSandbox sandbox)
    {
        try
        {
            await ClearAsync(sandbox, CancellationToken.None);
            await sandbox.DisposeAsync();
        }
        catch (Exception failure) when (failure is IOException or RuntimeException)
        {
            Log.CleanupFailed(_logger, sandbox.Record.Id, failure.Message);
            _sandboxes[sandbox.Record.Id] = sandbox; // Seen as dead, and removed by whoever asks for that.
        }
    }

    private async Task ClearAsync(EmbeddedSandbox sandbox, CancellationToken cancellationToken)
    {
        await sandbox.ShutDownAsync(cancellationToken);
        KillLeftovers(sandbox.Record.Id);
        await _network.DetachAsync(sandbox.Record.Id, cancellationToken);
        await RemoveCgroupsAsync([sandbox.Record.Id], cancellationToken);
        Directory.Delete(sandbox.Directory, recursive: true);
    }

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        if (_adopted)
        {
            return;
        }

        await _adopting.WaitAsync(cancellationToken);
        try
        {
            if (!_adopted)
            {
                await AdoptAllAsync(cancellationToken);
                _adopted = true;
            }
        }
        finally
        {
            _adopting.Release();
        }
    }

    private async Task AdoptAllAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_sandboxRoot, OnlyRoot);
        var found = Directory.GetDirectories(_sandboxRoot)
            .Select(directory => EmbeddedSandbox.TryRead(directory, _changes.Publish))
            .OfType<EmbeddedSandbox>()
            .ToList();
        await Task.WhenAll(found.Select(sandbox => sandbox.AdoptAsync(cancellationToken)));
        found.ForEach(sandbox => _sandboxes[sandbox.Record.Id] = sandbox);
        if (found.Count > 0)
        {
            Log.Adopted(_logger, found.Count(static sandbox => sandbox.Ready), found.Count(static sandbox => !sandbox.Ready));
        }
    }

    private async Task<SemaphoreSlim> TakeTurnAsync(string sandboxId, CancellationToken cancellationToken)
    {
        var turn = _sandboxTurns.GetOrAdd(sandboxId, static _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        return turn;
    }

    private EmbeddedSandbox SandboxOf(string sandboxId)
        => _sandboxes.GetValueOrDefault(sandboxId)
            ?? throw new RuntimeException(RuntimeError.NotFound, $"there is no sandbox {sandboxId}");
}
