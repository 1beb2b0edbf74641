using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How a write is meant, as webhooks and policies are told: <c>request.options</c>.</summary>
internal static class WriteOptionsJson
{
    private const string ApiVersion = "meta.k8s.io/v1";

    /// <param name="kind">CreateOptions or UpdateOptions, also for patches.</param>
    /// <param name="options">What was asked for.</param>
    public static JsonObject Of(string kind, WriteOptions options)
    {
        var json = new JsonObject { ["kind"] = kind, ["apiVersion"] = ApiVersion };
        if (options.DryRun)
        {
            json["dryRun"] = new JsonArray("All");
        }

        if (options.Manager.Length > 0)
        {
            json["fieldManager"] = options.Manager;
        }

        json["fieldValidation"] = options.FieldValidation.ToString();
        return json;
    }

    public static JsonObject Of(V1DeleteOptions options)
    {
        var json = (JsonObject)JsonTree.Parse(ObjectJson.Encode(options))!;
        json["kind"] = "DeleteOptions";
        json["apiVersion"] = ApiVersion;
        return json;
    }
}
