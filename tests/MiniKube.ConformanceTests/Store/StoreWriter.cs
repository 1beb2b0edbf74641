using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// A process that writes to a store until it is killed or its input ends, and says on its output what was acknowledged:
/// one line <c>writer count</c> for each write.
/// </summary>
internal static class StoreWriter
{
    public const string Role = "store-writer";

    private const int Writers = 16;

    // Small enough that segments end and images are written while the process lives.
    private const long SegmentBytes = 256 * 1024;

    public static StoreOptions Options(string directory) => new() { Directory = directory, SegmentBytes = SegmentBytes };

    public static string KeyName(int writer) => $"writer-{writer}";

    public static async Task RunAsync(string directory)
    {
        await using var store = await ResourceStore.OpenAsync(
            Options(directory), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer))));
        await await Task.WhenAny(writing, Console.In.ReadToEndAsync());
    }

    /// <summary>The number of the last write an object shows.</summary>
    public static int CountOf(StoredObject item)
    {
        using var json = System.Text.Json.JsonDocument.Parse(item.Json);
        var value = json.RootElement.GetProperty("value").GetString()!;
        return int.Parse(value.AsSpan(0, value.IndexOf('-', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task WriteAsync(ResourceStore store, int writer)
    {
        var key = Drafts.Pod(KeyName(writer));
        var last = store.Find(key);
        for (var count = last is null ? 1 : CountOf(last) + 1; ; count++)
        {
            var draft = Drafts.Of($"{count}-{new string('x', count * 31 % 2_000)}");
            last = last is null
                ? await store.CreateAsync(key, draft, CancellationToken.None)
                : await store.UpdateAsync(key, last.Revision, draft, CancellationToken.None);
            Console.Out.WriteLine($"{writer} {count}");
        }
    }
}
