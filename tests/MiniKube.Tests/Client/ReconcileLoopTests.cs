using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

public sealed class ReconcileLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryApiClient _client;
    private readonly Informer<V1ConfigMap> _informer;
    private readonly RecordingReconciler _reconciler = new();
    private readonly ReconcileLoop _loop;

    public ReconcileLoopTests()
    {
        _client = new InMemoryApiClient(_time);
        _informer = new Informer<V1ConfigMap>(_client, ObjectQuery.All, _time, new Random(7), NullLoggerFactory.Instance);
        _loop = new ReconcileLoop("test", _reconciler, _time, new Random(7), NullLoggerFactory.Instance).For(_informer);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _loop.DisposeAsync();
        await _informer.DisposeAsync();
    }

    [Test, CancelAfter(10_000)]
    public async Task Every_object_is_reconciled_at_the_start_and_after_each_change(CancellationToken cancellationToken)
    {
        var item = await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        await StartAsync(cancellationToken);
        await UntilAsync("once", () => _reconciler.Calls.Count == 1, cancellationToken);

        await _client.DeleteAsync<V1ConfigMap>(item.Key(), null, cancellationToken);

        await UntilAsync("twice", () => _reconciler.Calls.Count == 2, cancellationToken);
        Assert.That(_reconciler.Calls, Is.All.EqualTo(item.Key()));
    }

    [Test, CancelAfter(10_000)]
    public async Task What_throws_is_tried_again_until_it_works(CancellationToken cancellationToken)
    {
        _reconciler.FailuresLeft = 3;
        await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        await StartAsync(cancellationToken);

        await UntilAsync("the fourth time", () => _reconciler.Calls.Count == 4, cancellationToken);
        Assert.That(_loop.Completion.IsCompleted, Is.False);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_reconciler_that_asks_for_it_is_called_again_when_time_has_passed(CancellationToken cancellationToken)
    {
        _reconciler.Result = ReconcileResult.After(TimeSpan.FromHours(1));
        await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        await StartAsync(cancellationToken);
        await UntilAsync("once", () => _reconciler.Calls.Count == 1, cancellationToken);

        _reconciler.Result = ReconcileResult.Done;
        await _time.AdvanceUntilAsync(
            "again", TimeSpan.FromMinutes(10), () => _reconciler.Calls.Count == 2, cancellationToken);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_retry_of_an_update_changes_what_somebody_else_wrote_meanwhile(CancellationToken cancellationToken)
    {
        var seen = await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        var other = ObjectJson.Copy(seen);
        other.Data["other"] = "theirs";
        await _client.UpdateAsync(other, null, cancellationToken);

        var updated = await _client.UpdateWithRetryAsync(
            seen,
            copy =>
            {
                copy.Data["key"] = "ours";
                return true;
            },
            subresource: null,
            cancellationToken);

        Assert.That(updated!.Data, Is.EquivalentTo(new Dictionary<string, string> { ["key"] = "ours", ["other"] = "theirs" }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_retry_of_an_update_leaves_a_successor_of_the_same_name_alone(CancellationToken cancellationToken)
    {
        var seen = await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        await _client.DeleteAsync<V1ConfigMap>(seen.Key(), null, cancellationToken);
        await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        var updated = await _client.UpdateWithRetryAsync(
            seen,
            copy =>
            {
                copy.Data["key"] = "ours";
                return true;
            },
            subresource: null,
            cancellationToken);

        Assert.That(updated, Is.Null);
        Assert.That((await _client.FindAsync<V1ConfigMap>(seen.Key(), cancellationToken))!.Data["key"], Is.EqualTo("value"));
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await _informer.StartAsync(cancellationToken);
        await _loop.StartAsync(cancellationToken);
    }

    private Task UntilAsync(string what, Func<bool> condition, CancellationToken cancellationToken)
        => _time.AdvanceUntilAsync(what, TimeSpan.FromMilliseconds(5), condition, cancellationToken);

    private sealed class RecordingReconciler : IReconciler
    {
        public List<ObjectKey> Calls { get; } = [];

        public int FailuresLeft { get; set; }

        public ReconcileResult Result { get; set; }

        public Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
        {
            Calls.Add(key);
            return FailuresLeft-- > 0 ? throw new InvalidOperationException("not yet") : Task.FromResult(Result);
        }
    }
}
