using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MiniKube.Testing;

/// <summary>
/// Admission webhooks over real HTTPS on a free loopback port, one behind each path. Keeps what it was asked; allows everything until a
/// path is told otherwise.
/// </summary>
public sealed class AdmissionWebhookServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<JsonObject, JsonObject?>> _answers = new();
    private readonly ConcurrentDictionary<string, RequestDelegate> _wire = new();
    private WebhookServer? _server;

    /// <summary>What was asked, in order: the path, and the request of the review.</summary>
    public ConcurrentQueue<(string Path, JsonObject Request)> Asked { get; } = new();

    /// <summary>The certificate, as a clientConfig's caBundle.</summary>
    public string CaBundle => _server!.CaBundle;

    public int Port => _server!.Port;

    public static async Task<AdmissionWebhookServer> StartAsync(CancellationToken cancellationToken)
    {
        var webhook = new AdmissionWebhookServer();
        webhook._server = await WebhookServer.StartAsync("localhost", webhook.AnswerAsync, cancellationToken);
        return webhook;
    }

    /// <summary>Says what a path answers: the response without its uid; null allows.</summary>
    public void On(string path, Func<JsonObject, JsonObject?> answer) => _answers[path] = answer;

    /// <summary>Makes a path change the object.</summary>
    public void Patch(string path, Func<JsonObject, string?> operations)
        => On(path, request => operations(request) is { } patch ? Patched(patch) : null);

    /// <summary>Lets a path answer in any way, also in none that makes sense.</summary>
    public void OnWire(string path, RequestDelegate answer) => _wire[path] = answer;

    /// <summary>The requests a path was asked about.</summary>
    public IReadOnlyList<JsonObject> AskedOn(string path)
        => [.. Asked.Where(one => one.Path == path).Select(one => one.Request)];

    /// <summary>A webhook in JSON: a path of this server for the rules, and whatever else is said.</summary>
    public string Hook(string path, string rules, string more = "")
    {
        var name = $"{path.Trim('/')}.example.com";
        var client = $$"""{"url":"https://127.0.0.1:{{Port}}{{path}}","caBundle":"{{CaBundle}}"}""";
        var rest = more.Length > 0 ? $",{more}" : "";

        // On a loaded machine ten seconds, the default, may pass before this process gets to answer.
        rest += more.Contains("timeoutSeconds", StringComparison.Ordinal) ? "" : ",\"timeoutSeconds\":30";
        return $$"""
            {"name":"{{name}}","admissionReviewVersions":["v1"],"sideEffects":"None","clientConfig":{{client}},"rules":[{{rules}}]{{rest}} }
            """;
    }

    /// <summary>A rule in JSON: operations and resources of a group, comma-separated.</summary>
    public static string Rule(string operations, string resources, string group = "", string version = "v1")
        => $$"""
            {"operations":[{{List(operations)}}],"apiGroups":["{{group}}"],"apiVersions":["{{version}}"],"resources":[{{List(resources)}}]}
            """;

    /// <summary>The response that refuses.</summary>
    public static JsonObject Refused(string status)
        => new() { ["allowed"] = false, ["status"] = JsonNode.Parse(status) };

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private static JsonObject Patched(string patch) => new()
    {
        ["allowed"] = true,
        ["patchType"] = "JSONPatch",
        ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)),
    };

    private static string List(string words) => string.Join(',', words.Split(',').Select(static word => $"\"{word}\""));

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        var request = review["request"]!.AsObject();
        Asked.Enqueue((path, request));
        if (_wire.TryGetValue(path, out var wire))
        {
            await wire(context);
            return;
        }

        var response = (_answers.TryGetValue(path, out var answer) ? answer(request) : null) ?? new JsonObject { ["allowed"] = true };
        response["uid"] = request["uid"]!.DeepClone();
        review.Remove("request");
        review["response"] = response;
        await context.Response.WriteAsync(review.ToJsonString(), context.RequestAborted);
    }
}
