using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Makaretu.Dns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Asking other servers, which misbehave in every way: real packets over the loopback, time as the test lets it pass.</summary>
public sealed class ForwarderTests
{
    private static readonly UpstreamBehaviour Silence = static (_, _) => Task.FromResult<IReadOnlyList<byte[]>>([]);

    private readonly FakeTimeProvider _time = new();
    private readonly GivenServers _servers = new();
    private readonly Forwarder _forwarder;

    public ForwarderTests() => _forwarder = new Forwarder(_servers, new AnswerCache(100), _time, NullLogger.Instance);

    [TearDown]
    public async Task Stop() => await _forwarder.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task An_answer_is_kept_for_as_long_as_it_holds(CancellationToken cancellationToken)
    {
        await using var upstream = Use(FakeUpstream.Always("192.0.2.1", ttl: 60));

        await AskAsync("a.example", cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(59));
        await AskAsync("a.example", cancellationToken);
        Assert.That(Times(upstream, "a.example"), Is.EqualTo(1));

        _time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync("a.example", cancellationToken);
        Assert.That(Times(upstream, "a.example"), Is.EqualTo(2));
    }

    [TestCase(true, 3), TestCase(false, 1)]
    [CancelAfter(60_000)]
    public async Task A_no_is_kept_for_as_long_as_the_zone_says_and_not_at_all_if_it_says_nothing(
        bool withAuthority, int kept, CancellationToken cancellationToken)
    {
        await using var upstream = Use((query, _) => Sent(With(query, withAuthority)));

        for (var asked = 0; asked < 3; asked++)
        {
            Assert.That((await AskAsync("no.example", cancellationToken))?.Status, Is.EqualTo(DnsStatus.NameError));
        }

        Assert.That(Times(upstream, "no.example"), Is.EqualTo(4 - kept));
        _time.Advance(TimeSpan.FromSeconds(20));
        await AskAsync("no.example", cancellationToken);
        Assert.That(Times(upstream, "no.example"), Is.EqualTo(5 - kept));

        static Message With(Message query, bool authority)
        {
            var response = FakeUpstream.Response(query, MessageStatus.NameError);
            if (authority)
            {
                response.AuthorityRecords.Add(new SOARecord
                {
                    Name = "example", PrimaryName = "ns.example", Mailbox = "m.example",
                    Minimum = TimeSpan.FromSeconds(20), TTL = TimeSpan.FromSeconds(3_600),
                });
            }

            return response;
        }
    }

    [TestCase(MessageStatus.ServerFailure)]
    [TestCase(MessageStatus.Refused)]
    [CancelAfter(60_000)]
    public async Task A_server_that_fails_is_passed_over_at_once_and_not_remembered(
        MessageStatus status, CancellationToken cancellationToken)
    {
        await using var bad = FakeUpstream.Start((query, _) => Sent(FakeUpstream.Response(query, status)));
        await using var good = FakeUpstream.Start(FakeUpstream.Always("192.0.2.2"), "127.0.0.2");
        _servers.Current = [bad.Address, good.Address];

        var answer = await AskAsync("b.example", cancellationToken);

        Assert.That(AddressIn(answer), Is.EqualTo("192.0.2.2"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Where_nobody_listens_is_passed_over_at_once(CancellationToken cancellationToken)
    {
        await using var good = FakeUpstream.Start(FakeUpstream.Always("192.0.2.2"));
        _servers.Current = [new IPEndPoint(IPAddress.Parse("127.0.0.3"), FreePort()), good.Address];

        Assert.That(AddressIn(await AskAsync("c.example", cancellationToken)), Is.EqualTo("192.0.2.2"));
    }

    [Test, CancelAfter(60_000)]
    public async Task After_a_second_of_silence_the_next_one_is_asked_and_then_asked_first(CancellationToken cancellationToken)
    {
        await using var silent = FakeUpstream.Start(Silence);
        await using var good = FakeUpstream.Start(FakeUpstream.Always("192.0.2.2", ttl: 0), "127.0.0.2");
        _servers.Current = [silent.Address, good.Address];

        var first = AskAsync("d.example", cancellationToken);
        await PassTimeUntilAsync(() => Times(good, "d.example") == 1, cancellationToken);
        var second = await AskAsync("d.example", cancellationToken);

        Assert.That((AddressIn(await first), AddressIn(second)), Is.EqualTo(("192.0.2.2", "192.0.2.2")));
        Assert.That(Times(silent, "d.example"), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_lost_packet_is_sent_again(CancellationToken cancellationToken)
    {
        var asked = 0;
        await using var upstream = Use((query, _) => query.Questions[0].Name == "e.example" && Interlocked.Increment(ref asked) > 1
            ? Sent(FakeUpstream.Answer(query, "192.0.2.3"))
            : Silence(query, false));

        var answer = AskAsync("e.example", cancellationToken);
        await PassTimeUntilAsync(() => Times(upstream, "e.example") == 2, cancellationToken);

        Assert.That(AddressIn(await answer), Is.EqualTo("192.0.2.3"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_late_answer_counts_until_the_deadline(CancellationToken cancellationToken)
    {
        var late = new TaskCompletionSource();
        await using var upstream = Use(async (query, _) =>
        {
            await late.Task.WaitAsync(cancellationToken);
            return [FakeUpstream.Answer(query, "192.0.2.4").ToByteArray()];
        });

        var answer = AskAsync("f.example", cancellationToken);
        await PassTimeUntilAsync(() => Times(upstream, "f.example") == 2, cancellationToken);
        late.SetResult();

        Assert.That(AddressIn(await answer), Is.EqualTo("192.0.2.4"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Silence_of_all_ends_in_no_answer(CancellationToken cancellationToken)
    {
        await using var upstream = Use(Silence);

        var answer = AskAsync("g.example", cancellationToken);
        await PassTimeUntilAsync(() => answer.IsCompleted, cancellationToken);

        Assert.That(await answer, Is.Null);
        Assert.That(Times(upstream, "g.example"), Is.LessThanOrEqualTo(3));
    }

    [Test, CancelAfter(60_000)]
    public async Task Packets_that_are_no_answer_to_this_question_are_not_believed(CancellationToken cancellationToken)
    {
        await using var upstream = Use((query, _) =>
        {
            var otherId = FakeUpstream.Answer(query, "203.0.113.1").ToByteArray();
            otherId[0] ^= 1;
            var otherName = FakeUpstream.Answer(query, "203.0.113.2");
            otherName.Questions[0] = new Question { Name = "x.example", Type = DnsType.A };
            var noResponse = FakeUpstream.Answer(query, "203.0.113.3").ToByteArray();
            noResponse[2] &= 0x7F;
            return Task.FromResult<IReadOnlyList<byte[]>>(
                [[], [1, 2, 3], otherId, otherName.ToByteArray(), noResponse, FakeUpstream.Answer(query, "192.0.2.5").ToByteArray()]);
        });

        Assert.That(AddressIn(await AskAsync("h.example", cancellationToken)), Is.EqualTo("192.0.2.5"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_damaged_answer_is_none(CancellationToken cancellationToken)
    {
        await using var upstream = Use((query, _) =>
            Task.FromResult<IReadOnlyList<byte[]>>([FakeUpstream.Answer(query, "192.0.2.5").ToByteArray()[..^2]]));

        Assert.That(await AskAsync("i.example", cancellationToken), Is.Null);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_answer_that_was_cut_is_fetched_whole_over_TCP(CancellationToken cancellationToken)
    {
        await using var upstream = Use((query, overStream) =>
        {
            var answer = FakeUpstream.Answer(query, "192.0.2.6");
            answer.TC = !overStream;
            answer.Answers.AddRange(overStream ? FakeUpstream.Answer(query, "192.0.2.7").Answers : []);
            return Sent(answer);
        });

        var answer = await AskAsync("j.example", cancellationToken);

        Assert.That((answer!.AnswerCount, answer.IsTruncated), Is.EqualTo((2, false)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without(CancellationToken cancellationToken)
    {
        await using var upstream = Use((query, _) => Sent(query.AdditionalRecords.Count > 0
            ? FakeUpstream.Response(query, MessageStatus.FormatError)
            : FakeUpstream.Answer(query, "192.0.2.8")));

        Assert.That(AddressIn(await AskAsync("k.example", cancellationToken)), Is.EqualTo("192.0.2.8"));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_same_question_of_many_is_asked_once(CancellationToken cancellationToken)
    {
        var release = new TaskCompletionSource();
        await using var upstream = Use(async (query, _) =>
        {
            await release.Task.WaitAsync(cancellationToken);
            return [FakeUpstream.Answer(query, "192.0.2.9", ttl: 0).ToByteArray()];
        });

        var all = Enumerable.Range(0, 50).Select(_ => AskAsync("l.example", cancellationToken)).ToList();
        release.SetResult();
        await Task.WhenAll(all);

        Assert.That(all.Select(static one => AddressIn(one.Result)), Is.All.EqualTo("192.0.2.9"));
        Assert.That(Times(upstream, "l.example"), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_asks_us_what_we_ask_it_is_left_out(CancellationToken cancellationToken)
    {
        await using var circular = Use((query, _) =>
        {
            _forwarder.Loops.Recognizes(KeyOf(query));
            return Sent(FakeUpstream.Response(query, MessageStatus.Refused));
        });

        _forwarder.Notice();
        await Eventually.HoldsAsync("it is left out", () => _forwarder.Notice().IsEmpty, cancellationToken);

        Assert.That(await AskAsync("m.example", cancellationToken), Is.Null);
        Assert.That(Times(circular, "m.example"), Is.Zero);
    }

    private static byte[] KeyOf(Message query)
    {
        var packet = query.ToByteArray();
        DnsQuery.TryRead(packet, out var read);
        var key = new byte[QuestionKey.BytesMax];
        return key[..QuestionKey.Write(packet, read, key)];
    }

    private static int Times(FakeUpstream upstream, string name) => upstream.Asked.Count(asked => asked == name);

    private static Task<IReadOnlyList<byte[]>> Sent(Message answer) => Task.FromResult<IReadOnlyList<byte[]>>([answer.ToByteArray()]);

    private static string? AddressIn(EncodedAnswer? answer)
        => answer is null ? null : DnsClient.Read(answer.Bytes).Answers.OfType<ARecord>().FirstOrDefault()?.Address.ToString();

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private FakeUpstream Use(UpstreamBehaviour behaviour)
    {
        var upstream = FakeUpstream.Start(behaviour);
        _servers.Current = [upstream.Address];
        return upstream;
    }

    private Task<EncodedAnswer?> AskAsync(string name, CancellationToken cancellationToken)
        => _forwarder.ResolveAsync(QuestionKey.Of(AnswerEncoder.NameOf(name), (ushort)DnsType.A)).WaitAsync(cancellationToken);

    // In small steps, and no further than the condition: answers take real time, and must not miss the deadline by it.
    private Task PassTimeUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
        => _time.AdvanceUntilAsync("the next step", TimeSpan.FromMilliseconds(10), condition, cancellationToken);
}
