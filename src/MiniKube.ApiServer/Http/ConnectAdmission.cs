using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Shows webhooks and policies who wants to connect to what: exec, attach, portforward and proxy, as operation CONNECT with the options
/// of the query. What they change of these is passed over.
/// </summary>
internal sealed class ConnectAdmission(ApiPipeline pipeline)
{
    /// <exception cref="ApiException">Forbidden, or somebody refuses.</exception>
    public async ValueTask AdmitAsync(ResourceRequest request, Query query, CancellationToken cancellationToken)
        => await pipeline.AdmitBodyAsync(request, () => BodyOf(request, query), cancellationToken);

    private static AdmissionBody BodyOf(ResourceRequest request, Query query)
    {
        var kind = new Gvk("", "v1", request.Subresource switch
        {
            "exec" => "PodExecOptions",
            "attach" => "PodAttachOptions",
            "portforward" => "PodPortForwardOptions",
            _ => $"{request.Definition.Gvk.Kind}ProxyOptions",
        });
        var options = new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind };
        switch (request.Subresource)
        {
            case "exec" or "attach":
                AddStreams(options, query);
                break;
            case "portforward":
                var ports = query.Texts("ports").SelectMany(static text => text.Split(',')).Where(static text => int.TryParse(text, out _));
                options["ports"] = new JsonArray([.. ports.Select(static text => (JsonNode)int.Parse(text))]);
                break;
            default:
                options["path"] = query.Text("path");
                break;
        }

        return new AdmissionBody("CONNECT", kind, options);
    }

    private static void AddStreams(JsonObject options, Query query)
    {
        foreach (var name in (string[])["stdin", "stdout", "stderr", "tty"])
        {
            if (query.Flag(name))
            {
                options[name] = true;
            }
        }

        if (query.Text("container") is { Length: > 0 } container)
        {
            options["container"] = container;
        }

        if (query.Texts("command") is { Length: > 0 } command)
        {
            options["command"] = new JsonArray([.. command.Select(static word => JsonValue.Create(word))]);
        }
    }
}
