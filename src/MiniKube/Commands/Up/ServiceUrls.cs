using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Where applied Services can be reached from this machine. Pure.</summary>
internal static class ServiceUrls
{
    /// <summary>A URL for each TCP node port of a Service; none for Services within the cluster.</summary>
    public static IEnumerable<string> Of(JsonObject service)
    {
        foreach (var port in service.Map("spec").Items("ports"))
        {
            if (port.Text("nodePort") is { Length: > 0 } nodePort && port.Text("protocol") is null or "TCP")
            {
                yield return $"{SchemeOf(port)}://127.0.0.1:{nodePort}";
            }
        }
    }

    private static string SchemeOf(JsonObject port)
    {
        var isTls = port.Text("name") is { } name && name.StartsWith("https", StringComparison.Ordinal);
        return isTls || port.Text("port") == "443" ? "https" : "http";
    }
}
