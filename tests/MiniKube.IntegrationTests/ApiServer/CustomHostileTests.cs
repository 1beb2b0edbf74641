using System.Text.Json.Nodes;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Definitions and objects that nobody would write: refused or kept, never a failure of the server.</summary>
public sealed class CustomHostileTests : HttpFixture
{
    private const int Rounds = 150;

    private static readonly string[] Words =
    [
        "type", "properties", "items", "additionalProperties", "required", "enum", "default", "nullable", "pattern", "minimum",
        "maxLength", "multipleOf", "allOf", "not", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-validations", "$ref",
    ];

    private static readonly string[] Rules =
        ["self == oldSelf", "self.a > 1", "size(self) < 3", "self.all(x, x == x)", "1 / 0 == 1", "self.matches('(')", "]", ""];

    [TestCase(1)]
    [TestCase(2)]
    [CancelAfter(60_000)]
    public async Task Nothing_makes_the_server_fail(int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var failures = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var group = $"g{round}.example.com";
            var definition = Definition(group, Schema(random, 0));
            var answer = await PostAsync(Widgets.Definitions, definition, cancellationToken);
            Note(failures, answer, definition);
            if ((int)answer.Code != 201)
            {
                continue;
            }

            var path = $"/apis/{group}/v1/things";
            await Eventually.HoldsAsync(
                "the kind is served", async () => (int)(await GetAsync(path, cancellationToken)).Code == 200, cancellationToken);
            for (var number = 0; number < 3; number++)
            {
                var item = Item(random, group, $"o{number}");
                Note(failures, await PostAsync(path, item, cancellationToken), $"{item} of {definition}");
                var patch = new JsonObject { ["a"] = Value(random, 0), ["spec"] = Value(random, 0) }.ToJsonString();
                Note(failures, await PatchAsync($"{path}/o{number}", "merge", patch, cancellationToken), $"{patch} of {definition}");
            }

            Note(failures, await GetAsync($"/openapi/v3/apis/{group}/v1", cancellationToken), definition);
        }

        Assert.That(failures, Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task An_expression_that_explodes_is_stopped_by_its_budget(CancellationToken cancellationToken)
    {
        const string rule = "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))";
        var schema = JsonNode.Parse($$"""
            {"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"},
             "x-kubernetes-validations":[{"rule":"{{rule}}"}]} } }
            """);
        await PostAsync(Widgets.Definitions, Definition("big.example.com", schema), cancellationToken);
        const string path = "/apis/big.example.com/v1/things";
        await Eventually.HoldsAsync(
            "the kind is served", async () => (int)(await GetAsync(path, cancellationToken)).Code == 200, cancellationToken);

        var numbers = string.Join(",", Enumerable.Range(0, 5_000));
        var answer = await PostAsync(path, $$"""{"metadata":{"name":"a"},"a":[{{numbers}}]}""", cancellationToken);

        Assert.That(answer.Field("message"), Does.Contain("cost"));
    }

    private static void Note(List<string> failures, Answer answer, string about)
    {
        if ((int)answer.Code >= 500)
        {
            failures.Add($"{answer.Text}: {about}");
        }
    }

    private static string Definition(string group, JsonNode? schema) => $$"""
        {"metadata":{"name":"things.{{group}}"},"spec":{"group":"{{group}}","scope":"Cluster","names":{"plural":"things","kind":"Thing"},
         "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{schema?.ToJsonString() ?? "null"}} } }]} }
        """;

    private static string Item(Random random, string group, string name)
    {
        var item = Value(random, 0) as JsonObject ?? new JsonObject { ["a"] = Value(random, 0) };
        item["apiVersion"] = $"{group}/v1";
        item["kind"] = "Thing";
        item["metadata"] = new JsonObject { ["name"] = name };
        return item.ToJsonString();
    }

    private static JsonObject Schema(Random random, int depth)
    {
        var type = depth == 0 ? "object" : Pick(random, "object", "array", "string", "integer", "number", "boolean");
        var schema = new JsonObject { ["type"] = type };
        if (type == "object" && depth < 3)
        {
            var properties = new JsonObject();
            for (var number = random.Next(3); number >= 0; number--)
            {
                properties[Pick(random, "a", "b", "spec", "status", "metadata", "c d", "")] = Schema(random, depth + 1);
            }

            schema["properties"] = properties;
        }

        if (type == "array" && depth < 3)
        {
            schema["items"] = Schema(random, depth + 1);
        }

        if (random.Next(5) == 0)
        {
            schema["default"] = Value(random, depth);
        }

        if (random.Next(5) == 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray(new JsonObject { ["rule"] = Pick(random, Rules) });
        }

        if (random.Next(6) == 0)
        {
            schema[Pick(random, Words)] = Value(random, depth);
        }

        return schema;
    }

    private static JsonNode? Value(Random random, int depth)
    {
        switch (random.Next(10))
        {
            case 0 or 1 when depth < 4:
                var fields = new JsonObject();
                for (var number = random.Next(3); number >= 0; number--)
                {
                    fields[Pick(random, "a", "b", "spec", "status", "c d", "")] = Value(random, depth + 1);
                }

                return fields;
            case 2 when depth < 4:
                return new JsonArray(Value(random, depth + 1), Value(random, depth + 1));
            case 3:
                return null;
            case 4:
                return random.Next(2) == 0;
            case 5:
                return Pick(random, "", "a", "2020-01-01T00:00:00Z", "\u0000", "😀");
            case 6:
                return random.NextDouble() * 1e300;
            default:
                return random.NextInt64();
        }
    }

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];
}
