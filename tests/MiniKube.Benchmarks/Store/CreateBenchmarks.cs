using BenchmarkDotNet.Attributes;

namespace MiniKube.Benchmarks;

/// <summary>Durable creates of 1 KiB objects; the figure is the time of one create.</summary>
[MemoryDiagnoser]
public class CreateBenchmarks
{
    private const int CreatesPerRun = 6_400;

    private BenchmarkStore _store = null!;

    [Params(1, 64)]
    public int Writers { get; set; }

    [GlobalSetup]
    public async Task OpenAsync() => _store = await BenchmarkStore.OpenAsync();

    [GlobalCleanup]
    public async Task CloseAsync() => await _store.DisposeAsync();

    [Benchmark(OperationsPerInvoke = CreatesPerRun)]
    public Task Create() => _store.CreateManyAsync(CreatesPerRun, Writers);
}
