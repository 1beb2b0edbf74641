using System.Text;

namespace MiniKube.Testbox;

/// <summary>The head of a request (RFC 9112) and where its body ends.</summary>
internal sealed record HttpRequest(string Method, string Path, Dictionary<string, string> Query)
{
    public required List<(string Name, string Value)> Headers { get; init; }

    /// <summary>The address the connection comes from.</summary>
    public string Client { get; init; } = "";

    /// <summary>The connection stays open after the answer.</summary>
    public required bool KeepAlive { get; init; }

    public string? Header(string name)
        => Headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public bool WantsHtml => Header("Accept")?.Contains("text/html", StringComparison.Ordinal) ?? false;

    /// <summary>Reads the lines before the empty one; null when they are not HTTP/1.</summary>
    public static HttpRequest? Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, "HTTP/1.1" or "HTTP/1.0"])
        {
            return null;
        }

        var headers = new List<(string, string)>();
        foreach (var line in lines.AsSpan(1))
        {
            if (line.Split(':', 2) is [var name, var value])
            {
                headers.Add((name, value.Trim()));
            }
        }

        var parts = target.Split('?', 2);
        var request = new HttpRequest(method, parts[0], ParseQuery(parts is [_, var query] ? query : ""))
        {
            Headers = headers,
            KeepAlive = lines[0].EndsWith('1'),
        };
        var closes = request.Header("Connection")?.Contains("close", StringComparison.OrdinalIgnoreCase) is true;
        return request with { KeepAlive = request.KeepAlive && !closes };
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var values = new Dictionary<string, string>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            values[Uri.UnescapeDataString(parts[0])] = parts is [_, var value] ? Uri.UnescapeDataString(value.Replace('+', ' ')) : "";
        }

        return values;
    }
}
