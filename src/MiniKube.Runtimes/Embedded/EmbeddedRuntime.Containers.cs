namespace MiniKube.Runtimes;

/// <summary>Containers.</summary>
public sealed partial class EmbeddedRuntime
{
    private const int SignalKill = 9;

    private const UnixFileMode Traversable = OnlyRoot | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <inheritdoc/>
    public async Task<string> StartContainerAsync(
        string sandboxId, ContainerSpec container, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        await AdoptAsync(cancellationToken);
        var sandbox = SandboxOf(sandboxId);
        var image = _images.Value.Find(container.Image)
            ?? throw new RuntimeException(RuntimeError.ImageNotFound, $"image \"{container.Image}\" is not on this machine");
        var record = NewRecord(container, image);
        var process = ProcessPlanner.Plan(
            container, image.Process, sandbox.Record.Hostname, _cgroups.Value.LimitsDevices);
        var made = new EmbeddedContainer(sandboxId, sandbox.ContainerDirectory(record.Key), record);
        if (!sandbox.Containers.TryAdd(record.Key, made))
        {
            throw new RuntimeException(RuntimeError.Failed, $"container {made.Id} exists already");
        }

        try
        {
            MakeDirectories(made);
            var start = NewStart(sandboxId, made, container, image, process);
            var answer = await sandbox.AskAsync(FrameKind.Start, start.Write, cancellationToken);
            made.Update(ContainerState.Read(answer));
            return made.Id;
        }
        catch
        {
            sandbox.Containers.TryRemove(record.Key, out _);
            await DeleteAsync(sandbox, made, CancellationToken.None);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        if (Find(containerId) is not ({ } sandbox, { Running: true } container))
        {
            return;
        }

        if (await EndsByItselfAsync(sandbox, container, grace, cancellationToken))
        {
            return;
        }

        await SignalAsync(sandbox, container, SignalKill, cancellationToken);
        await container.Ended.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        if (Find(containerId) is not var (sandbox, container))
        {
            return;
        }

        if (container.Running)
        {
            throw new RuntimeException(RuntimeError.Failed, $"container {containerId} runs; stop it before removing it");
        }

        sandbox.Containers.TryRemove(container.Record.Key, out _);
        if (sandbox.Ready)
        {
            await sandbox.AskAsync(FrameKind.Forget, writer => writer.Write(container.Record.Key), cancellationToken);
        }

        await DeleteAsync(sandbox, container, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(CancellationToken cancellationToken)
    {
        await AdoptAsync(cancellationToken);
        return
        [
            .. from sandbox in _sandboxes.Values
               from container in sandbox.Containers.Values
               where container.State is not null
               select container.ToStatus(sandbox.Pod),
        ];
    }

    private ContainerRecord NewRecord(ContainerSpec container, StoredImage image) => new()
    {
        Name = container.Name,
        Attempt = container.Attempt,
        Image = container.Image,
        ImageId = image.Id,
        SpecHash = container.SpecHash,
        StopSignal = StopSignals.Parse(image.Process.StopSignal),
        Created = _time.GetUtcNow(),
    };

    private static void MakeDirectories(EmbeddedContainer container)
    {
        foreach (var name in (string[])[SandboxFiles.Upper, SandboxFiles.Work, SandboxFiles.Root])
        {
            Directory.CreateDirectory(Path.Combine(container.Directory, name), Traversable);
        }

        EmbeddedSandbox.Save(container.Directory, container.Record);
    }

    private ContainerStart NewStart(
        string sandboxId, EmbeddedContainer made, ContainerSpec container, StoredImage image, ProcessStart process)
    {
        var privileged = container.Security.Privileged;
        var cgroups = _cgroups.Value.Create(sandboxId, made.Record.Key, container.Resources, privileged);
        return new ContainerStart
        {
            Key = made.Record.Key,
            Directory = made.Directory,
            LayerRoot = _images.Value.LayerRoot,
            Layers = image.Layers,
            Mounts = [.. container.Mounts.Select(ToStart)],
            CgroupProcsFiles = cgroups.ProcsFiles,
            CgroupMounts = cgroups.Mounts,
            OomCountFile = cgroups.OomCountFile,
            Process = process,
            ReadOnlyRoot = container.Security.ReadOnlyRootFilesystem,
            Privileged = privileged,
            OomScoreAdj = container.Resources.OomScoreAdj,
            StdinOnce = container.StdinOnce,
            ProcessesOf = KeyInSandbox(sandboxId, container.ProcessesOf),
        };
    }

    private string KeyInSandbox(string sandboxId, string? containerId) => containerId is null ? ""
        : Find(containerId) is ({ } sandbox, { Running: true } container) && sandbox.Record.Id == sandboxId ? container.Record.Key
        : throw new RuntimeException(RuntimeError.NotFound, $"container {containerId} does not run in sandbox {sandboxId}");

    private static MountStart ToStart(ContainerMount mount)
        => Enum.TryParse<MountPropagation>(mount.Propagation, out var propagation)
            ? new MountStart(mount.HostPath, mount.ContainerPath, mount.ReadOnly, propagation)
            : throw new RuntimeException(RuntimeError.NotSupported, $"unknown mount propagation '{mount.Propagation}'");

    private static Task SignalAsync(
        EmbeddedSandbox sandbox, EmbeddedContainer container, int signal, CancellationToken cancellationToken)
        => sandbox.AskAsync(
            FrameKind.Signal,
            writer =>
            {
                writer.Write(container.Record.Key);
                writer.Write(signal);
            },
            cancellationToken);

    // The first process of a container does not get a signal it has no handler for, and one that was just started has none yet.
    // So a signal that cannot have been heard is sent again, less and less often.
    private async Task<bool> EndsByItselfAsync(
        EmbeddedSandbox sandbox, EmbeddedContainer container, TimeSpan grace, CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(25);
        var left = grace;
        while (left > TimeSpan.Zero)
        {
            var heard = HostProcesses.Handles(container.State!.Pid, container.Record.StopSignal);
            await SignalAsync(sandbox, container, container.Record.StopSignal, cancellationToken);
            if (await EndsWithinAsync(container, heard || pause > left ? left : pause, cancellationToken))
            {
                return true;
            }

            left = grace - _time.GetElapsedTime(asked);
            pause *= 2;
        }

        return false;
    }

    private async Task<bool> EndsWithinAsync(EmbeddedContainer container, TimeSpan grace, CancellationToken cancellationToken)
    {
        try
        {
            await container.Ended.WaitAsync(grace, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task DeleteAsync(EmbeddedSandbox sandbox, EmbeddedContainer container, CancellationToken cancellationToken)
    {
        await RemoveCgroupsAsync([sandbox.Record.Id, container.Record.Key], cancellationToken);
        if (Directory.Exists(container.Directory))
        {
            Directory.Delete(container.Directory, recursive: true);
        }
    }

    private (EmbeddedSandbox Sandbox, EmbeddedContainer Container)? Find(string containerId)
    {
        // An id is SANDBOX.NAME.ATTEMPT, and a sandbox has no dot.
        var dot = containerId.IndexOf('.');
        return dot > 0 && _sandboxes.TryGetValue(containerId[..dot], out var sandbox)
            && sandbox.Containers.TryGetValue(containerId[(dot + 1)..], out var container)
            ? (sandbox, container)
            : null;
    }
}
