using System.Globalization;

namespace MiniKube.Testing;

/// <summary>What the web server of <c>samples/hello</c> answers.</summary>
public sealed record Page(string Pod, long Counter, string Text)
{
    /// <summary>Asks with a connection of its own, so that each request is balanced anew.</summary>
    public static async Task<Page> GetAsync(string url, CancellationToken cancellationToken)
    {
        using var client = NewClient();
        var text = await client.GetStringAsync(new Uri(url), cancellationToken);
        return Parse(text);
    }

    /// <summary>The answer, or null when there is none.</summary>
    public static async Task<Page?> TryGetAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(url, cancellationToken);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The value of a line <c>name: value</c>, or null.</summary>
    public string? Line(string name)
        => Text.Split('\n').FirstOrDefault(line => line.StartsWith($"{name}: ", StringComparison.Ordinal))?[(name.Length + 2)..];

    private static Page Parse(string text)
    {
        var page = new Page("", 0, text);
        var counter = long.Parse(page.Line("counter") ?? "0", CultureInfo.InvariantCulture);
        return page with { Pod = page.Line("pod") ?? "", Counter = counter };
    }

    private static HttpClient NewClient()
        => new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
}
