using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class ChangeFeedTests
{
    [Test, CancelAfter(5_000)]
    public async Task A_slow_reader_gets_each_sandbox_once_and_the_last_change_always(CancellationToken cancellationToken)
    {
        var feed = new ChangeFeed();
        await using var reader = feed.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var first = reader.MoveNextAsync();
        feed.Publish(Change("a"));
        await first;

        feed.Publish(Change("a"));
        feed.Publish(Change("a"));
        feed.Publish(Change("b"));

        Assert.That(await NextAsync(reader), Is.EqualTo("a"));
        feed.Publish(Change("a"));
        Assert.That(await NextAsync(reader), Is.EqualTo("b"));
        Assert.That(await NextAsync(reader), Is.EqualTo("a"));
    }

    private static RuntimeEvent Change(string sandbox) => new(sandbox, new PodIdentity(new ObjectKey("default", sandbox), "uid"));

    private static async Task<string> NextAsync(IAsyncEnumerator<RuntimeEvent> reader)
    {
        await reader.MoveNextAsync();
        return reader.Current.SandboxId;
    }
}
