using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

public sealed class InformerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryApiClient _client;
    private readonly Informer<V1ConfigMap> _informer;

    public InformerTests()
    {
        _client = new InMemoryApiClient(_time);
        _informer = new Informer<V1ConfigMap>(
            _client, ObjectQuery.All, _time, new Random(7), NullLoggerFactory.Instance);
    }

    [TearDown]
    public async Task StopAsync() => await _informer.DisposeAsync();

    [Test, CancelAfter(10_000)]
    public async Task A_started_informer_has_everything_that_was_there(CancellationToken cancellationToken)
    {
        var item = await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);

        await _informer.StartAsync(cancellationToken);

        Assert.That(_informer.Find(item.Key())?.Metadata.Uid, Is.EqualTo(item.Metadata.Uid));
        Assert.That(_informer.Revision, Is.EqualTo(_client.Newest));
    }

    [Test, CancelAfter(10_000)]
    public async Task After_waiting_for_a_write_the_cache_and_its_indexes_hold_it(CancellationToken cancellationToken)
    {
        await _informer.StartAsync(cancellationToken);
        var owned = Objects.ConfigMap("a", "team");
        owned.Metadata.OwnerReferences = [new V1OwnerReference { Uid = "owner", Name = "o", Kind = "K", ApiVersion = "v1" }];

        var item = await _client.CreateAsync(owned, cancellationToken);
        await _informer.WaitForAsync(item.Revision(), cancellationToken);

        Assert.That(_informer.Find(item.Key()), Is.Not.Null);
        Assert.That(_informer.ByNamespace["team"].Count(), Is.EqualTo(1));
        Assert.That(_informer.ByOwnerUid["owner"].Count(), Is.EqualTo(1));
        Assert.That(_informer.ByNamespace["default"], Is.Empty);
    }

    [Test, CancelAfter(10_000)]
    public async Task Subscribers_are_told_every_change_with_the_state_before_and_after(CancellationToken cancellationToken)
    {
        List<string> told = [];
        _informer.Subscribe((key, old, current) => told.Add($"{key}: {old?.Data["key"]} -> {current?.Data["key"]}"));
        await _informer.StartAsync(cancellationToken);

        var item = ObjectJson.Copy(await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken));
        item.Data["key"] = "second";
        await _client.UpdateAsync(item, null, cancellationToken);
        await _client.DeleteAsync<V1ConfigMap>(item.Key(), null, cancellationToken);
        await _informer.WaitForAsync(_client.Newest, cancellationToken);

        Assert.That(told, Is.EqualTo(new[]
        {
            "default/a:  -> value", "default/a: value -> second", "default/a: second -> ",
        }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_late_subscriber_is_told_what_is_there(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        await _informer.StartAsync(cancellationToken);
        List<ObjectKey> told = [];

        _informer.Subscribe((key, _, _) => told.Add(key));

        Assert.That(told, Is.EqualTo(new[] { new ObjectKey("default", "a") }));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_closed_watch_is_resumed_and_nothing_is_told_twice(CancellationToken cancellationToken)
    {
        List<ObjectKey> told = [];
        _informer.Subscribe((key, _, _) => told.Add(key));
        await _client.CreateAsync(Objects.ConfigMap("a"), cancellationToken);
        await _informer.StartAsync(cancellationToken);

        _client.CloseWatches();
        var item = await _client.CreateAsync(Objects.ConfigMap("b"), cancellationToken);

        await _time.AdvanceUntilAsync(
            "b is seen", TimeSpan.FromSeconds(1), () => _informer.Find(item.Key()) is not null, cancellationToken);
        Assert.That(told, Is.EqualTo(new[] { new ObjectKey("default", "a"), new ObjectKey("default", "b") }));
    }

    [Test, CancelAfter(10_000)]
    public async Task When_history_is_gone_the_new_list_tells_what_came_and_what_went(CancellationToken cancellationToken)
    {
        await _client.CreateAsync(Objects.ConfigMap("stays"), cancellationToken);
        var goes = await _client.CreateAsync(Objects.ConfigMap("goes"), cancellationToken);
        await _informer.StartAsync(cancellationToken);
        List<string> told = [];
        _informer.Subscribe((key, old, current) => told.Add($"{key.Name} {old is not null} {current is not null}"));
        told.Clear();

        _client.CloseWatches();
        await _client.DeleteAsync<V1ConfigMap>(goes.Key(), null, cancellationToken);
        await _client.CreateAsync(Objects.ConfigMap("comes"), cancellationToken);
        _client.Compact();

        await _time.AdvanceUntilAsync(
            "both are told", TimeSpan.FromSeconds(1), () => told.Count == 2, cancellationToken);
        Assert.That(told, Is.EqualTo(new[] { "comes False True", "goes True False" }));
    }
}
