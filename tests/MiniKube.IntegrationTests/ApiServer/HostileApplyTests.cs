using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace MiniKube.IntegrationTests;

/// <summary>Configurations and lists of owners with something wrong anywhere in them: a 4xx or an object, never a 500.</summary>
public sealed class HostileApplyTests : HttpFixture
{
    private const int RequestsPerSeed = 60;

    private static readonly string[] Junk =
    [
        "null", "[]", "{}", "1", "-1", "1e99", "true", "\"\"", "\"x\"", "[null]", "[[]]", "[{}]", "[1,1]", "{\"\":1}",
        "{\"a\":{\"b\":null}}",
        "[{\"name\":null}]", "[{\"name\":\"a\"},{\"name\":\"a\"}]", "\"\\u0000\"", "99999999999999999999",
    ];

    [TestCase(1), TestCase(2), TestCase(3), CancelAfter(60_000)]
    public async Task Junk_in_a_configuration_is_the_clients_fault(int seed, CancellationToken cancellationToken)
    {
        var good = $$"""{"apiVersion":"apps/v1","kind":"Deployment",{{Deployment("web").TrimStart()[1..]}}""";
        var random = new Random(seed);

        for (var number = 0; number < RequestsPerSeed; number++)
        {
            var path = random.Next(4) switch { 0 => "/status", 1 => "/scale", _ => "" };
            await SendAsync($"{Deployments}/web{path}?fieldManager=m{random.Next(3)}&force={random.Next(2)}",
                Spoil(good, random), "application/apply-patch+yaml", cancellationToken);
        }
    }

    [TestCase(1), TestCase(2), CancelAfter(60_000)]
    public async Task Junk_in_a_list_of_owners_is_the_clients_fault(int seed, CancellationToken cancellationToken)
    {
        const string entry = """
            {"manager":"m","operation":"Apply","apiVersion":"v1","time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1",
             "fieldsV1":{"f:data":{"f:k":{},"k:{":{},"k:5":{},"v:":{},"i:x":{},"k:{\"a\":\"\\u003c\"}":{".":{}}}}}
            """;
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        var random = new Random(seed);

        for (var number = 0; number < RequestsPerSeed; number++)
        {
            var owners = $$"""{"metadata":{"managedFields":[{{(number % 2 == 0 ? entry : Spoil(entry, random))}}]} }""";
            await SendAsync($"{ConfigMaps}/a", owners, "application/merge-patch+json", cancellationToken);
            await SendAsync($"{ConfigMaps}/a?fieldManager=other",
                ConfigMap("a", value: $"{number}"), "application/apply-patch+yaml", cancellationToken);
            await SendAsync($"{ConfigMaps}/a", """{"data":{"k":"x"} }""", "application/merge-patch+json", cancellationToken);
        }
    }

    private async Task SendAsync(string path, string body, string type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await Http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);

        Assert.That((int)response.StatusCode, Is.LessThan(500), $"PATCH {path}\n{body}\n{text}");
    }

    // Puts junk in the place of one value, or a field where none belongs.
    private static string Spoil(string good, Random random)
    {
        var root = JsonNode.Parse(good)!;
        var places = Below(root).ToList();
        var place = places[random.Next(places.Count)];
        var junk = JsonNode.Parse(Junk[random.Next(Junk.Length)]);
        switch (place)
        {
            case JsonObject map when random.Next(2) == 0:
                map["f:x"] = junk;
                break;
            case JsonObject { Count: > 0 } map:
                map[map.ElementAt(random.Next(map.Count)).Key] = junk;
                break;
            case JsonArray list:
                list.Add(junk);
                break;
        }

        return root.ToJsonString();
    }

    private static IEnumerable<JsonNode> Below(JsonNode node)
    {
        var children = node switch
        {
            JsonObject map => map.Select(member => member.Value),
            JsonArray list => list,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(Below).Prepend(node).Where(one => one is not JsonValue);
    }
}
