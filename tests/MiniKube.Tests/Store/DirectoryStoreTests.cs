using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The store on a directory of the file system.</summary>
public sealed class DirectoryStoreTests : ResourceStoreContract
{
    private readonly string _root = Directory.CreateTempSubdirectory("minikube-store-").FullName;

    private string DataDirectory => Path.Combine(_root, "data", "store");

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_root, recursive: true);

    [Test, CancelAfter(20_000)]
    public void ADataDirectory_in_use_is_refused_naming_the_process(CancellationToken cancellationToken)
    {
        var error = Assert.ThrowsAsync<StoreException>(() => OpenAsync(cancellationToken));

        Assert.That(error!.Message, Does.Contain($"in use by process {Environment.ProcessId};"));
    }

    [Test, Platform("Linux,Unix,MacOsX")]
    public void Nobody_else_can_read_theDataDirectory()
        => Assert.That(
            File.GetUnixFileMode(DataDirectory),
            Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));

    [Test, CancelAfter(60_000)]
    public async Task A_watch_goes_on_over_a_restart_as_far_as_the_journal_reaches(CancellationToken cancellationToken)
    {
        await CreateManyAsync(3, cancellationToken);
        var last = Store.Find(Drafts.Pod("pod-0002"))!;
        await Store.DeleteAsync(last.Key, last.Revision, cancellationToken);
        await ReopenAsync(cancellationToken);
        await CreateAsync(Drafts.Pod("new"), "x", cancellationToken);

        var events = await WatchAsync(Pods, new Revision(2), 3, cancellationToken);

        Assert.That(
            events.Select(static one => (one.Type, one.Object.Revision.Value)),
            Is.EqualTo(new[] { (StoreEventType.Created, 3L), (StoreEventType.Deleted, 4L), (StoreEventType.Created, 5L) }));
        Assert.That(Everything(events[1].Previous!), Is.EqualTo(Everything(last)));
    }

    protected override async Task<IResourceStore> OpenAsync(CancellationToken cancellationToken)
        => await ResourceStore.OpenAsync(
            new StoreOptions { Directory = DataDirectory }, Time, NullLoggerFactory.Instance, cancellationToken);
}
