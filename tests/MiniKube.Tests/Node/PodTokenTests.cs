using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Node;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class PodTokenTests
{
    private static readonly V1ServiceAccountTokenProjection ForTheServer = new() { Path = "token", ExpirationSeconds = 3_600 };
    private static readonly V1ServiceAccountTokenProjection ForAVault = new()
    {
        Path = "vault",
        Audience = "vault",
        ExpirationSeconds = 86_400,
    };

    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task A_token_is_used_for_four_fifths_of_its_life()
    {
        var tokens = await TokensAsync(withAccount: true);
        var first = await tokens.ReadAsync(Pod(), CancellationToken.None);
        var due = tokens.RenewAt;

        _time.Advance(TimeSpan.FromMinutes(47));
        var early = tokens.TakeRenewal(_time.GetUtcNow());
        var again = await tokens.ReadAsync(Pod(), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        var late = tokens.TakeRenewal(_time.GetUtcNow());
        var renewed = await tokens.ReadAsync(Pod(), CancellationToken.None);

        Assert.That(due, Is.EqualTo(_time.Start.AddMinutes(48)));
        Assert.That(early, Is.False);
        Assert.That(again(ForTheServer), Is.EqualTo(first(ForTheServer)));
        Assert.That(late, Is.True);
        Assert.That(renewed(ForTheServer), Is.Not.EqualTo(first(ForTheServer)));
        Assert.That(renewed(ForAVault), Is.EqualTo(first(ForAVault)), "it has hours to go");
    }

    [Test]
    public async Task A_token_that_cannot_be_renewed_is_used_to_its_end_and_asked_for_every_half_minute()
    {
        var client = new InMemoryApiClient(_time);
        await AddAccountAsync(client);
        var connection = new BreakableApiClient(client);
        var tokens = new PodTokens(connection, _time);
        var first = await tokens.ReadAsync(Pod(), CancellationToken.None);

        connection.Break();
        _time.Advance(TimeSpan.FromMinutes(50));
        var due = tokens.TakeRenewal(_time.GetUtcNow());
        var old = await tokens.ReadAsync(Pod(), CancellationToken.None);
        var again = tokens.TakeRenewal(_time.GetUtcNow());

        Assert.That(due, Is.True);
        Assert.That(old(ForTheServer), Is.EqualTo(first(ForTheServer)));
        Assert.That(again, Is.False);
        Assert.That(tokens.RenewAt, Is.EqualTo(_time.GetUtcNow().AddSeconds(30)));
        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.ThrowsAsync<ContainerConfigException>(() => tokens.ReadAsync(Pod(), CancellationToken.None));
    }

    [Test]
    public async Task Without_the_account_there_is_no_token()
    {
        var tokens = await TokensAsync(withAccount: false);

        var refusal = Assert.ThrowsAsync<ContainerConfigException>(() => tokens.ReadAsync(Pod(), CancellationToken.None));

        Assert.That(refusal!.Message, Does.StartWith("failed to fetch token: ").And.Contain("robot"));
        Assert.That(tokens.RenewAt, Is.Null);
    }

    private static V1Pod Pod()
    {
        var pod = Objects.Pod("web");
        pod.Spec.ServiceAccountName = "robot";
        pod.Spec.Volumes =
        [
            new V1Volume
            {
                Name = "access",
                Projected = new V1ProjectedVolumeSource
                {
                    Sources =
                    [
                        new V1VolumeProjection { ServiceAccountToken = ForTheServer },
                        new V1VolumeProjection { ServiceAccountToken = ForAVault },
                    ],
                },
            },
        ];
        return pod;
    }

    private async Task<PodTokens> TokensAsync(bool withAccount)
    {
        var client = new InMemoryApiClient(_time);
        if (withAccount)
        {
            await AddAccountAsync(client);
        }

        return new PodTokens(client, _time);
    }

    private static Task AddAccountAsync(InMemoryApiClient client)
        => client.CreateAsync(
            new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "robot", NamespaceProperty = "default" } },
            CancellationToken.None);
}
