using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Strategy <c>Webhook</c>: a server of the kind's owner converts, asked over HTTPS with all objects of a request at once.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion
/// </summary>
internal sealed class WebhookConverter(V1CustomResourceDefinition definition, WebhookCaller caller) : IObjectConverter
{
    /// <summary>The version of the question and the answer.</summary>
    public const string ReviewVersion = "v1";

    private const string ReviewApiVersion = "apiextensions.k8s.io/v1";
    private const string ReviewKind = "ConversionReview";

    public async ValueTask<IReadOnlyList<CustomObject>> ConvertAsync(
        IReadOnlyList<CustomObject> items, string apiVersion, CancellationToken cancellationToken)
    {
        var uid = Guid.NewGuid().ToString();
        var review = new JsonObject
        {
            ["kind"] = ReviewKind,
            ["apiVersion"] = ReviewApiVersion,
            ["request"] = new JsonObject
            {
                ["uid"] = uid,
                ["desiredAPIVersion"] = apiVersion,
                ["objects"] = new JsonArray([.. items.Select(static item => JsonTree.Parse(ObjectJson.Encode(item)))]),
            },
        };
        try
        {
            var answer = await caller.AskAsync(JsonText.Encode(review), cancellationToken);
            return Read(answer, uid, items, apiVersion);
        }
        catch (Exception failure) when (failure is WebhookCallException or JsonException or FormatException)
        {
            throw Failed(failure.Message);
        }
    }

    private IReadOnlyList<CustomObject> Read(byte[] answer, string uid, IReadOnlyList<CustomObject> items, string apiVersion)
    {
        var review = JsonTree.Parse(answer) as JsonObject ?? throw new FormatException("the answer is no JSON object");
        if (JsonKinds.TextOf(review["apiVersion"]) != ReviewApiVersion || JsonKinds.TextOf(review["kind"]) != ReviewKind)
        {
            throw new FormatException($"expected {ReviewApiVersion} {ReviewKind}, got {review["apiVersion"]} {review["kind"]}");
        }

        var response = review["response"] as JsonObject ?? throw new FormatException("no response provided");
        if (JsonKinds.TextOf(response["uid"]) != uid)
        {
            throw new FormatException($"expected response.uid={uid}, got {response["uid"]}");
        }

        var result = response["result"] as JsonObject;
        if (JsonKinds.TextOf(result?["status"]) != "Success")
        {
            throw new FormatException(JsonKinds.TextOf(result?["message"]) is { Length: > 0 } why ? why : "no reason given");
        }

        var converted = response["convertedObjects"] as JsonArray ?? [];
        return converted.Count == items.Count
            ? [.. converted.Select((one, index) => Checked(one, items[index], apiVersion))]
            : throw new FormatException($"returned {converted.Count} objects, expected {items.Count}");
    }

    // What an object is cannot change by being shown in another version; labels and annotations may.
    private static CustomObject Checked(JsonNode? converted, CustomObject original, string apiVersion)
    {
        var item = ObjectJson.Decode<CustomObject>(JsonText.Encode(converted ?? throw new FormatException("an object is missing")));
        if (item.ApiVersion != apiVersion || item.Kind != original.Kind)
        {
            throw new FormatException(
                $"returned {item.ApiVersion} {item.Kind}, expected {apiVersion} {original.Kind} for {original.Metadata.Name}");
        }

        if (item.Metadata.Name != original.Metadata.Name || item.Metadata.NamespaceProperty != original.Metadata.NamespaceProperty
            || item.Metadata.Uid != original.Metadata.Uid)
        {
            throw new FormatException($"must not change metadata of {original.Metadata.Name} other than labels and annotations");
        }

        var metadata = ObjectJson.Copy(original.Metadata);
        metadata.Labels = item.Metadata.Labels;
        metadata.Annotations = item.Metadata.Annotations;
        item.Metadata = metadata;
        return item;
    }

    private ApiException Failed(string why)
        => new(StatusReason.InternalError,
            $"conversion webhook for {definition.Spec.Group}, Kind={definition.Spec.Names.Kind} failed: {why}");
}
