using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.Runtimes;

/// <summary>
/// A sandbox as this process knows it: its record, its shim and its containers. It follows the shim's news from
/// <see cref="AdoptAsync"/> until the shim ends or this is disposed, and takes changes to the shim one after the other.
/// </summary>
internal sealed class EmbeddedSandbox : IAsyncDisposable
{
    private const string RecordFile = "sandbox.json";
    private const string ContainerRecordFile = "container.json";

    private readonly Action<RuntimeEvent> _publish;
    private readonly CancellationTokenSource _disposing = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _following = Task.CompletedTask;
    private ShimConnection? _shim;

    public EmbeddedSandbox(string directory, SandboxRecord record, Action<RuntimeEvent> publish)
    {
        (Directory, Record, _publish) = (directory, record, publish);
        Pod = new PodIdentity(new ObjectKey(record.Namespace, record.Name), record.Uid);
    }

    public string Directory { get; }

    public SandboxRecord Record { get; private set; }

    public PodIdentity Pod { get; }

    /// <summary>By <see cref="ContainerRecord.Key"/>.</summary>
    public ConcurrentDictionary<string, EmbeddedContainer> Containers { get; } = new();

    public bool Ready => _shim is not null;

    public static EmbeddedSandbox? TryRead(string directory, Action<RuntimeEvent> publish)
    {
        var path = Path.Combine(directory, RecordFile);
        return File.Exists(path) && JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordsJson.Default.SandboxRecord) is { } record
            ? new EmbeddedSandbox(directory, record, publish)
            : null;
    }

    public void Save(SandboxRecord record)
    {
        Record = record;
        Write(Path.Combine(Directory, RecordFile), JsonSerializer.SerializeToUtf8Bytes(record, RecordsJson.Default.SandboxRecord));
    }

    public string ContainerDirectory(string key) => Path.Combine(Directory, "containers", key);

    public static void Save(string containerDirectory, ContainerRecord record)
        => Write(
            Path.Combine(containerDirectory, ContainerRecordFile),
            JsonSerializer.SerializeToUtf8Bytes(record, RecordsJson.Default.ContainerRecord));

    /// <summary>
    /// Finds the shim and what it runs, and follows it from now on. Without a shim the sandbox is dead, and so is what was in it.
    /// </summary>
    public async Task AdoptAsync(CancellationToken cancellationToken)
    {
        ReadContainerRecords();
        try
        {
            await FindShimAsync(cancellationToken);
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            MarkDead(); // Nobody listens, or it died while we asked.
        }
    }

    private async Task FindShimAsync(CancellationToken cancellationToken)
    {
        var news = await ConnectAsync(cancellationToken);
        var shim = await ConnectAsync(cancellationToken);
        await news.AskAsync(FrameKind.Watch, null, cancellationToken);
        var states = (await shim.AskAsync(FrameKind.List, null, cancellationToken)).ReadList(ContainerState.Read);
        _shim = shim;
        foreach (var state in states)
        {
            Containers.GetValueOrDefault(state.Key)?.Update(state);
        }

        // A record without a running container: we died between the two.
        foreach (var container in Containers.Values.Where(container => !Array.Exists(states, state => state.Key == container.Record.Key)))
        {
            container.MarkLost();
        }

        _following = FollowAsync(news);
    }

    /// <summary>Asks the shim for something.</summary>
    public async Task<BinaryReader> AskAsync(FrameKind kind, Action<BinaryWriter> write, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var shim = _shim ?? throw ShimConnection.Gone();
            // Not cancelled half-way: the answer would be taken for the next request's.
            return await shim.AskAsync(kind, write, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A connection of one's own, for streams.</summary>
    public async Task<ShimConnection> ConnectAsync(CancellationToken cancellationToken)
        => await ShimConnection.TryConnectAsync(Directory, cancellationToken) ?? throw ShimConnection.Gone();

    /// <summary>Ends the shim and everything in the sandbox; returns when they are gone.</summary>
    public async Task ShutDownAsync(CancellationToken cancellationToken)
    {
        if (await ShimConnection.TryConnectAsync(Directory, cancellationToken) is not { } shim)
        {
            return;
        }

        await using (shim)
        {
            await shim.SendAsync(Wire.Frame(FrameKind.Shutdown), cancellationToken);
            while (await shim.ReceiveAsync(cancellationToken) is not null)
            {
            }
        }
    }

    public SandboxStatus ToStatus() => new()
    {
        Id = Record.Id,
        Pod = Pod,
        Ip = Record.Ip is null ? null : IPAddress.Parse(Record.Ip),
        Ready = Ready,
        Created = Record.Created,
    };

    /// <summary>Lets go of the shim, which goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        await _following;
        if (_shim is not null)
        {
            await _shim.DisposeAsync();
        }

        _turn.Dispose();
        _disposing.Dispose();
    }

    private async Task FollowAsync(ShimConnection news)
    {
        await using (news)
        {
            try
            {
                while (await news.ReceiveAsync(_disposing.Token) is { } frame)
                {
                    var state = ContainerState.Read(Wire.Reader(frame.Payload));
                    Containers.GetValueOrDefault(state.Key)?.Update(state);
                    Publish();
                }
            }
            catch (OperationCanceledException) when (_disposing.IsCancellationRequested)
            {
                return;
            }
        }

        MarkDead();
        Publish();
    }

    private void MarkDead()
    {
        _shim = null;
        foreach (var container in Containers.Values)
        {
            container.MarkLost();
        }
    }

    private void Publish() => _publish(new RuntimeEvent(Record.Id, Pod));

    private void ReadContainerRecords()
    {
        var containers = Path.Combine(Directory, "containers");
        foreach (var directory in System.IO.Directory.Exists(containers) ? System.IO.Directory.GetDirectories(containers) : [])
        {
            var path = Path.Combine(directory, ContainerRecordFile);
            if (File.Exists(path)
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), RecordsJson.Default.ContainerRecord) is { } record)
            {
                Containers[record.Key] = new EmbeddedContainer(Record.Id, directory, record);
            }
        }
    }

    // Not synced to disk: after a crash of the machine nothing of it runs any more.
    private static void Write(string path, byte[] json)
    {
        File.WriteAllBytes($"{path}.tmp", json);
        File.Move($"{path}.tmp", path, overwrite: true);
    }
}
