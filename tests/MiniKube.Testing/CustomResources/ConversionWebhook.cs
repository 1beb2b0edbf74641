using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace MiniKube.Testing;

/// <summary>
/// A conversion webhook over real HTTPS on a free loopback port: <c>spec.size</c> of v1 is <c>spec.dimension</c> of v2. Counts what it is
/// asked, and answers something else when told to.
/// </summary>
public sealed class ConversionWebhook : IAsyncDisposable
{
    private WebhookServer? _server;

    /// <summary>How many objects each question held.</summary>
    public ConcurrentQueue<int> Questions { get; } = new();

    /// <summary>When set, what it says instead of converting.</summary>
    public string? Refusal { get; set; }

    /// <summary>When set, what it does to a converted object.</summary>
    public Action<JsonObject>? Distortion { get; set; }

    public int Port => _server!.Port;

    /// <summary>The certificate, as a definition's caBundle.</summary>
    public string CaBundle => _server!.CaBundle;

    /// <param name="host">The name its certificate is for.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ConversionWebhook> StartAsync(string host, CancellationToken cancellationToken)
    {
        var webhook = new ConversionWebhook();
        webhook._server = await WebhookServer.StartAsync(host, webhook.AnswerAsync, cancellationToken);
        return webhook;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        var request = review["request"]!;
        var objects = request["objects"]!.AsArray();
        Questions.Enqueue(objects.Count);
        var response = new JsonObject { ["uid"] = request["uid"]!.DeepClone() };
        if (Refusal is { } refusal)
        {
            response["result"] = new JsonObject { ["status"] = "Failed", ["message"] = refusal };
        }
        else
        {
            var wanted = (string)request["desiredAPIVersion"]!;
            response["result"] = new JsonObject { ["status"] = "Success" };
            response["convertedObjects"] = new JsonArray([.. objects.Select(one => Converted(one!.DeepClone().AsObject(), wanted))]);
        }

        review.Remove("request");
        review["response"] = response;
        await context.Response.WriteAsync(review.ToJsonString(), context.RequestAborted);
    }

    private JsonObject Converted(JsonObject item, string wanted)
    {
        item["apiVersion"] = wanted;
        var spec = item["spec"]!.AsObject();
        var (from, to) = wanted.EndsWith("v2", StringComparison.Ordinal) ? ("size", "dimension") : ("dimension", "size");
        spec[to] = spec[from]?.DeepClone();
        spec.Remove(from);
        Distortion?.Invoke(item);
        return item;
    }
}
