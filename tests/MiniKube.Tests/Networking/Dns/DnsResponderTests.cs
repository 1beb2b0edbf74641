using System.Net;
using Makaretu.Dns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Packets in, packets out: what is not about the names themselves.</summary>
public sealed class DnsResponderTests : IDisposable
{
    private readonly TestNames _names = new();
    private readonly DnsCounters _counters = new();
    private readonly DnsResponder _responder;

    public DnsResponderTests()
    {
        var (time, cache) = (new FakeTimeProvider(), new AnswerCache(1_000));
        var forwarder = new Forwarder(new GivenServers(), cache, time, NullLogger.Instance);
        _responder = new DnsResponder(_names.Answerer, _names.Directory, cache, forwarder, _counters, time);
        _names.Put(ServiceObjects.Service("web", "10.43.0.7", 80));
        _names.Put(
            TestNames.Headless("many"),
            TestNames.Slice("many", "http", 80, Enumerable.Range(1, 200).Select(number => TestNames.Endpoint($"10.42.7.{number}"))));
    }

    public void Dispose() => _counters.Dispose();

    [Test]
    public void The_id_and_the_case_of_the_name_come_back_as_they_were_sent()
    {
        var query = DnsClient.Query("wEb.DeFault.sVc.clUster.LOCAL", DnsType.A, id: 77);

        var reply = Answer(query);

        Assert.That(reply[..2], Is.EqualTo(new byte[] { 0, 77 }));
        Assert.That(reply.AsSpan(12, query.Length - 12).ToArray(), Is.EqualTo(query[12..]));
        Assert.That(DnsClient.Read(reply).Answers.Single().ToString(), Does.EndWith("IN A 10.43.0.7"));
        Assert.That(DnsClient.Read(reply).Answers[0].Name.ToString(), Is.EqualTo("wEb.DeFault.sVc.clUster.LOCAL"));
    }

    [Test]
    public void A_change_is_in_the_next_answer()
    {
        Answer(DnsClient.Query("web.default.svc.cluster.local", DnsType.A));
        _names.Put(ServiceObjects.Service("web", "10.43.0.8", 80));

        var reply = DnsClient.Read(Answer(DnsClient.Query("web.default.svc.cluster.local", DnsType.A)));

        Assert.That(reply.Answers.Single().ToString(), Does.EndWith("10.43.0.8"));
    }

    [Test]
    public void Every_address_of_a_headless_service_comes_first_in_its_turn()
    {
        var firsts = Enumerable.Range(0, 200)
            .Select(_ => DnsClient.Read(Answer(DnsClient.Query("many.default.svc.cluster.local", DnsType.A), overStream: true)))
            .Select(static reply => (First: reply.Answers[0].ToString(), Count: reply.Answers.Distinct().Count()))
            .ToList();

        Assert.That(firsts.Distinct().Count(), Is.EqualTo(200));
        Assert.That(firsts.Select(static one => one.Count), Is.All.EqualTo(200));
    }

    [TestCase(null, 512)]
    [TestCase(0, 512)]
    [TestCase(1_000, 1_000)]
    [TestCase(65_535, 1_232)]
    public void What_does_not_fit_into_a_datagram_is_cut_at_a_record_and_says_so(int? payload, int limit)
    {
        var reply = Answer(DnsClient.Query("many.default.svc.cluster.local", DnsType.A, payload));

        var message = DnsClient.Read(reply);
        Assert.That(reply, Has.Length.LessThanOrEqualTo(limit).And.Length.GreaterThan(limit - 30));
        Assert.That((message.TC, message.AuthorityRecords.Count), Is.EqualTo((true, 0)));
        Assert.That(message.AdditionalRecords.OfType<OPTRecord>().Count(), Is.EqualTo(payload is null ? 0 : 1));
    }

    [Test]
    public void Helpful_records_that_do_not_fit_are_left_off_without_a_word()
    {
        _names.Put(
            TestNames.Headless("some"),
            TestNames.Slice("some", "http", 80, Enumerable.Range(1, 10).Select(number => TestNames.Endpoint($"10.42.8.{number}"))));

        var message = DnsClient.Read(Answer(DnsClient.Query("_http._tcp.some.default.svc.cluster.local", DnsType.SRV)));

        Assert.That((message.TC, message.Answers.Count), Is.EqualTo((false, 10)));
        Assert.That(message.AdditionalRecords, Has.Count.LessThan(10));
    }

    [Test]
    public void An_answer_too_long_even_for_a_stream_is_cut_and_says_so()
    {
        _names.Put(
            TestNames.Headless("vast"),
            TestNames.Slice("vast", "http", 80, Enumerable.Range(0, 5_000).Select(number
                => TestNames.Endpoint($"10.42.{number / 250}.{number % 250}", $"a-rather-long-name-of-a-pod-{number}"))));

        var reply = Answer(DnsClient.Query("_http._tcp.vast.default.svc.cluster.local", DnsType.SRV, 1_232), overStream: true);

        var message = DnsClient.Read(reply);
        Assert.That(message.TC, Is.True);
        Assert.That(reply, Has.Length.LessThanOrEqualTo(65_535).And.Length.GreaterThan(65_000));
        Assert.That(message.Answers, Has.Count.GreaterThan(500));
    }

    [TestCase("0001 0000 0001 0000 0000 0000 00 0001 0003", MessageStatus.Refused, TestName = "Another class is refused")]
    [TestCase("0001 0000 0001 0000 0000 0000 00 00fc 0001", MessageStatus.Refused, TestName = "A zone transfer is refused")]
    [TestCase("0001 2800 0001 0000 0000 0000 00 0001 0001", MessageStatus.NotImplemented, TestName = "An update is not implemented")]
    [TestCase("0001 0000 0000 0000 0000 0000", MessageStatus.FormatError, TestName = "No question is malformed")]
    [TestCase("0001 0000 0002 0000 0000 0000 00 0001 0001 00 0001 0001", MessageStatus.FormatError, TestName = "Two questions are")]
    [TestCase("0001 0000 0001 0000 0000 0000 c00c 0001 0001", MessageStatus.FormatError, TestName = "A name that points at itself is")]
    [TestCase("0001 0000 0001 0000 0000 0000 40 0001 0001", MessageStatus.FormatError, TestName = "A label of a reserved kind is")]
    [TestCase("0001 0000 0001 0000 0000 0000 3f 61", MessageStatus.FormatError, TestName = "A label that ends early is")]
    [TestCase("0001 0000 0001 0000 0000 0001 00 0001 0001 00 0029 04d0 0000 0000 0005",
        MessageStatus.FormatError, TestName = "An OPT that ends early is")]
    [TestCase("0001 0000 0001 0000 0000 0002 00 0001 0001 00 0029 04d0 0000 0000 0000 00 0029 04d0 0000 0000 0000",
        MessageStatus.FormatError, TestName = "Two OPTs are")]
    [TestCase("0001 0000 0001 0000 0000 ffff 00 0001 0001", MessageStatus.FormatError, TestName = "Records that are not there are")]
    public void Packets_that_cannot_be_answered_are_told_why(string hex, MessageStatus expected)
    {
        var reply = DnsClient.Read(Answer(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

        Assert.That((reply.Id, reply.QR, reply.Status), Is.EqualTo(((ushort)1, true, expected)));
    }

    [Test]
    public void A_later_version_of_EDNS_is_answered_with_ours()
    {
        var query = DnsClient.Query("web.default.svc.cluster.local", DnsType.A, 1_232);
        query[^5] = 1;

        var option = DnsClient.Read(Answer(query)).AdditionalRecords.OfType<OPTRecord>().Single();

        Assert.That((option.Opcode8, option.Version), Is.EqualTo(((byte)1, (byte)0)));
    }

    [TestCase("")]
    [TestCase("00010000000100000000")]
    [TestCase("000180000001000000000000000001 0001")]
    public void Noise_and_answers_get_no_answer(string hex)
        => Assert.That(Answer(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))), Is.Empty);

    [Test]
    public void Names_of_any_bytes_below_the_domain_do_not_exist()
    {
        var query = DnsClient.Query("xxx.default.svc.cluster.local", DnsType.A);
        (query[13], query[14], query[15]) = (0, (byte)'.', 255);

        var reply = Answer(query);

        Assert.That(reply[3] & 0xF, Is.EqualTo((int)MessageStatus.NameError));
        Assert.That(reply.AsSpan(12, 4).ToArray(), Is.EqualTo(query[12..16]));
    }

    [Test]
    public void Whatever_comes_in_the_answer_is_none_or_one_to_it()
    {
        var random = new Random(20);
        var reply = new byte[DnsWire.MessageBytesMax];
        byte[][] seeds =
        [
            DnsClient.Query("web.default.svc.cluster.local", DnsType.A, 1_232),
            DnsClient.Query("7.0.43.10.in-addr.arpa", DnsType.PTR),
            DnsClient.Query("_http._tcp.many.default.svc.cluster.local", DnsType.SRV, 4_096),
        ];
        for (var round = 0; round < 100_000; round++)
        {
            var packet = Mangle(seeds[round % seeds.Length], random);

            var length = _responder.TryAnswer(packet, overStream: round % 2 == 0, reply);

            Assert.That(length, Is.EqualTo(DnsResponder.Later).Or.Zero.Or.InRange(12, 65_535));
            Assert.That(length <= 0 || (reply[0] == packet[0] && reply[1] == packet[1] && reply[2] >= 0x80), Is.True);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task What_nobody_can_be_asked_for_fails_at_once(CancellationToken cancellationToken)
    {
        var query = DnsClient.Query("example.com", DnsType.A);
        var reply = new byte[DnsWire.MessageBytesMax];

        var length = await _responder.AnswerLaterAsync(query, overStream: false, reply).WaitAsync(cancellationToken);

        Assert.That(DnsClient.Read(reply[..length]).Status, Is.EqualTo(MessageStatus.ServerFailure));
    }

    private static byte[] Mangle(byte[] seed, Random random)
    {
        var packet = seed[..random.Next(seed.Length + 1)].Concat(new byte[random.Next(2) * random.Next(40)]).ToArray();
        for (var change = random.Next(6); change > 0 && packet.Length > 0; change--)
        {
            packet[random.Next(packet.Length)] = (byte)random.Next(256);
        }

        return packet;
    }

    private byte[] Answer(byte[] packet, bool overStream = false)
    {
        var reply = new byte[DnsWire.MessageBytesMax];
        var length = _responder.TryAnswer(packet, overStream, reply);
        Assert.That(length, Is.Not.EqualTo(DnsResponder.Later));
        return reply[..length];
    }
}
