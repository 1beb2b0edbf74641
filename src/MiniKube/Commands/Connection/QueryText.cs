namespace MiniKube;

/// <summary>Builds the query of a URL.</summary>
internal static class QueryText
{
    /// <summary><c>?a=1&amp;b=2</c> of those that have a value; empty when none has.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var said = new List<string>();
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                said.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        return said.Count == 0 ? "" : $"?{string.Join('&', said)}";
    }
}
