using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The store on a directory of the file system.</summary>
public sealed class DirectoryStoreTests : ResourceStoreContract
{
    private readonly string _directory = Directory.CreateTempSubdirectory("minikube-store-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test, CancelAfter(20_000)]
    public void A_directory_in_use_is_refused_naming_the_process(CancellationToken cancellationToken)
    {
        var error = Assert.ThrowsAsync<StoreException>(() => OpenAsync(cancellationToken));

        Assert.That(error!.Message, Does.Contain($"in use by process {Environment.ProcessId};"));
    }

    protected override async Task<IResourceStore> OpenAsync(CancellationToken cancellationToken)
        => await ResourceStore.OpenAsync(
            new StoreOptions { Directory = _directory }, Time, NullLoggerFactory.Instance, cancellationToken);
}
