using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Store;
using NUnit.Framework;

namespace MiniKube.Testing;

/// <summary>
/// What every store promises. Each store's fixture inherits all of it and supplies only construction.
/// </summary>
public abstract partial class ResourceStoreContract
{
    private IResourceStore? _store;

    /// <summary>The clock of the store.</summary>
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

    /// <summary>The store under test, opened anew for each test.</summary>
    protected IResourceStore Store => _store!;

    [SetUp]
    public async Task OpenStore() => _store = await OpenAsync(CancellationToken.None);

    [TearDown]
    public async Task CloseStore() => await Store.DisposeAsync();

    /// <summary>Opens the store on the data of this test; called again after the one before was disposed.</summary>
    protected abstract Task<IResourceStore> OpenAsync(CancellationToken cancellationToken);

    protected static readonly KeyRange Pods = new("pods");

    protected async Task ReopenAsync(CancellationToken cancellationToken)
    {
        await Store.DisposeAsync();
        _store = await OpenAsync(cancellationToken);
    }

    protected async Task<StoredObject> CreateAsync(
        ResourceKey key, string value, CancellationToken cancellationToken, TimeSpan? timeToLive = null)
        => await Store.CreateAsync(key, Drafts.Of(value, timeToLive), cancellationToken)
            ?? throw new AssertionException($"{key} is taken");

    private async Task<StoredObject> UpdateAsync(
        StoredObject last, string value, CancellationToken cancellationToken, TimeSpan? timeToLive = null)
        => await Store.UpdateAsync(last.Key, last.Revision, Drafts.Of(value, timeToLive), cancellationToken)
            ?? throw new AssertionException($"{last.Key} is not at {last.Revision}");

    protected async Task CreateManyAsync(int count, CancellationToken cancellationToken)
    {
        for (var index = 0; index < count; index++)
        {
            await CreateAsync(Drafts.Pod($"pod-{index:D4}"), "x", cancellationToken);
        }
    }

    private static IEnumerable<string> NamesOf(ListResult list) => list.Objects.Select(static item => item.Key.Name);

    /// <summary>Takes events off a watch until there are enough.</summary>
    protected async Task<List<StoreEvent>> WatchAsync(
        KeyRange range, Revision after, int count, CancellationToken cancellationToken)
    {
        var seen = new List<StoreEvent>();
        await foreach (var batch in Store.WatchAsync(range, after, cancellationToken))
        {
            seen.AddRange(batch.Events.ToArray());
            if (seen.Count >= count)
            {
                break;
            }
        }

        return seen;
    }
}
