using BenchmarkDotNet.Attributes;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.Benchmarks;

/// <summary>Reads of a resource with 3,000 objects.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private const int Objects = 3_000;
    private const int PageSize = 100;

    private static readonly KeyRange Range = new("configmaps", "bench");

    private BenchmarkStore _store = null!;
    private Revision _past;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        _store = await BenchmarkStore.OpenAsync();
        await _store.CreateManyAsync(Objects, writers: 64);
        _past = new Revision(_store.Store.Current.Value - (Objects / 2));
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await _store.DisposeAsync();

    [Benchmark]
    public StoredObject? Find() => _store.Store.Find(BenchmarkStore.KeyOf(Objects / 2));

    [Benchmark]
    public ListResult ListAll() => _store.Store.List(new ListRequest(Range));

    [Benchmark]
    public ListResult ListPage()
        => _store.Store.List(new ListRequest(Range, After: BenchmarkStore.KeyOf(Objects / 2), Limit: PageSize));

    [Benchmark]
    public ListResult ListPageInThePast()
        => _store.Store.List(new ListRequest(Range, At: _past, After: BenchmarkStore.KeyOf(Objects / 3), Limit: PageSize));
}
