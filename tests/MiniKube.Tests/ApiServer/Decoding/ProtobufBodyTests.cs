using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.Tests.ApiServer.Decoding;

public sealed class ProtobufBodyTests
{
    [Test]
    public void A_deployment_in_protobuf_is_the_same_in_json()
    {
        var meta = Join(Text(1, "web"), Text(2, ""), Message(8), Message(11, Text(1, "app"), Text(2, "web")));
        var container = Join(
            Text(1, "app"), Text(2, "nginx"), Text(14, ""),
            Message(6, Text(1, "http"), Number(2, 0), Number(3, 80), Text(4, "")),
            Message(8, Message(1, Text(1, "cpu"), Message(2, Text(1, "500m")))));
        var podSpec = Join(
            Message(1, Text(1, "v"), Message(2, Message(2))), Bytes(2, container), Number(11, 0), Number(4, 0));
        var rolling = Join(Message(1, Number(1, 1), Number(2, 0), Text(3, "25%")), Message(2, Number(1, 0), Number(2, 3)));
        var strategy = Join(Text(1, ""), Bytes(2, rolling));
        var spec = Join(Number(1, 0), Bytes(4, strategy), Number(5, 0), Message(3, Message(1), Bytes(2, podSpec)), Number(7, 0));
        var body = Envelope("apps/v1", "Deployment", Join(Bytes(1, meta), Bytes(2, spec), Number(99, 7)));

        const string expected = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"app":"web"}},
            "spec":{"replicas":0,"template":{"metadata":{},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"containers":
            [{"name":"app","image":"nginx","ports":[{"name":"http","containerPort":80}],
            "resources":{"limits":{"cpu":"500m"}}}],"terminationGracePeriodSeconds":0}},
            "strategy":{"rollingUpdate":{"maxUnavailable":"25%","maxSurge":3}}}}
            """;
        Assert.That(Json(body), Is.EqualTo(expected.ReplaceLineEndings("")));
    }

    [Test]
    public void Bytes_times_and_deletion_options_are_read()
    {
        var secret = Envelope("v1", "Secret", Join(
            Message(1, Text(1, "s"), Message(8, Number(1, 1767225600))), Message(2, Text(1, "a"), Bytes(2, [1, 2, 3]))));
        var options = Envelope("apps/v1", "DeleteOptions", Join(Number(1, 0), Text(4, "Foreground")));

        const string expected = """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","creationTimestamp":"2026-01-01T00:00:00.000000Z"},
            "data":{"a":"AQID"}}
            """;
        Assert.That(Json(secret), Is.EqualTo(expected.ReplaceLineEndings("")));
        Assert.That(Json(options), Is.EqualTo(
            """{"apiVersion":"apps/v1","kind":"DeleteOptions","gracePeriodSeconds":0,"propagationPolicy":"Foreground"}"""));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("k8s\0\u000a")]
    [TestCase("k8s\0\u000a\u0009a")]
    public void What_is_not_protobuf_is_a_bad_request(string body)
        => Assert.That(() => Json(Encoding.UTF8.GetBytes(body)), Throws.TypeOf<ApiException>().With.Property("Code").EqualTo(400));

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Noise_never_ends_in_anything_but_a_bad_request(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var content = new byte[random.Next(64)];
            random.NextBytes(content);
            try
            {
                Json(Envelope("v1", "Pod", content));
            }
            catch (ApiException refused)
            {
                Assert.That(refused.Code, Is.EqualTo(400));
            }
        }
    }

    [Test]
    public void Kinds_nobody_knows_are_a_bad_request()
        => Assert.That(() => Json(Envelope("v1", "Unicorn", [])),
            Throws.TypeOf<ApiException>().With.Message.EndsWith("no kind Unicorn in version v1 is known here"));

    [TestCaseSource(nameof(Models))]
    public void Every_field_of_the_table_is_a_field_of_its_model(string model)
    {
        var properties = JsonShape.Of(typeof(V1Pod).Assembly.GetType($"k8s.Models.{model}")!).Properties;

        Assert.That(FieldsOf(model).Except(properties.Keys), Is.Empty);
    }

    private static IEnumerable<string> FieldsOf(string message)
        => ProtobufFields.Of(message)!.Values.SelectMany(field => field.IsInlined ? FieldsOf(field.Name) : [field.Name]);

    private static IEnumerable<string> Models()
    {
        var table = RepositoryFiles.PathOf("src/MiniKube.ApiServer/Decoding/Protobuf/fields.txt");
        return File.ReadLines(table).Where(line => char.IsAsciiLetter(line[0])).Select(line => line.Split(':')[0]);
    }

    private static string Json(byte[] body) => Encoding.UTF8.GetString(ProtobufBody.ToJson(body).Span);

    private static byte[] Envelope(string apiVersion, string kind, byte[] content)
        => [.. "k8s\0"u8, .. Message(1, Text(1, apiVersion), Text(2, kind)), .. Bytes(2, content), .. Text(3, ""), .. Text(4, "")];

    private static byte[] Message(int number, params byte[][] fields) => Bytes(number, Join(fields));

    private static byte[] Text(int number, string text) => Bytes(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int number, byte[] content)
        => [.. Varint((ulong)number << 3 | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int number, ulong value) => [.. Varint((ulong)number << 3), .. Varint(value)];

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    private static List<byte> Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
        {
            bytes.Add((byte)(value | 128));
        }

        bytes.Add((byte)value);
        return bytes;
    }
}
