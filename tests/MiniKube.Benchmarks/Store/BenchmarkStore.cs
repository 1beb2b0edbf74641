using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;

namespace MiniKube.Benchmarks;

/// <summary>A store on the disk of this machine, and objects of 1 KiB for it.</summary>
internal sealed class BenchmarkStore : IAsyncDisposable
{
    private const int ObjectBytes = 1024;

    private readonly string _directory;
    private int _next;

    private BenchmarkStore(string directory, ResourceStore store)
    {
        _directory = directory;
        Store = store;
    }

    public ResourceStore Store { get; }

    public static async Task<BenchmarkStore> OpenAsync()
    {
        // Not in the temporary directory: that may be a file system in memory, where a flush costs nothing.
        var directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"store-{Guid.NewGuid():N}")).FullName;
        var store = await ResourceStore.OpenAsync(
            new StoreOptions { Directory = directory }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new BenchmarkStore(directory, store);
    }

    public static ResourceKey KeyOf(int index) => new("configmaps", "bench", $"config-{index:D8}");

    /// <summary>Creates an object that is not there yet.</summary>
    public async Task CreateAsync()
    {
        var index = Interlocked.Increment(ref _next);
        await Store.CreateAsync(KeyOf(index), DraftOf(index), CancellationToken.None);
    }

    public Task CreateManyAsync(int count, int writers)
        => Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var done = writer; done < count; done += writers)
            {
                await CreateAsync();
            }
        })));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static ObjectDraft DraftOf(int index)
    {
        var start = $"{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{{\"name\":\"config-{index:D8}\",\"resourceVersion\":\"";
        var json = $"{start}\"}},\"data\":{{\"text\":\"{new string((char)('a' + (index % 26)), ObjectBytes - start.Length - 22)}\"}}}}";
        return new ObjectDraft(Encoding.UTF8.GetBytes(json), start.Length);
    }
}
