using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The store on a disk in memory, with segments of a few writes: every segment boundary is met.</summary>
public sealed class SmallSegmentStoreTests : ResourceStoreContract
{
    private readonly FakeDisk _disk = new();

    protected override Task<IResourceStore> OpenAsync(CancellationToken cancellationToken)
        => Task.FromResult<IResourceStore>(ResourceStore.Open(
            _disk, new StoreOptions { Directory = "", SegmentBytes = 1_000 }, Time, NullLoggerFactory.Instance));
}
