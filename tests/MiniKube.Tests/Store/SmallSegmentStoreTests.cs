using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>
/// The store on a disk in memory, with segments of a few writes: every segment boundary and many images are met.
/// </summary>
public sealed class SmallSegmentStoreTests : ResourceStoreContract
{
    private readonly FakeDisk _disk = new();

    protected override Task<IResourceStore> OpenAsync(CancellationToken cancellationToken)
        => Task.FromResult<IResourceStore>(StoreOnFakeDisk.Open(_disk, StoreOnFakeDisk.SmallSegment, Time));
}
