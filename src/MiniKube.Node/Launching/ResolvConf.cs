namespace MiniKube.Node;

/// <summary>What resolv.conf(5) says.</summary>
internal sealed record ResolvConf(
    IReadOnlyList<string> Nameservers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options)
{
    /// <summary>Reads what it knows and passes over the rest; the last <c>search</c> line holds.</summary>
    public static ResolvConf Parse(string text)
    {
        var words = text.Split('\n')
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(line => line.Length > 1)
            .ToList();
        return new ResolvConf(
            [.. words.Where(line => line[0] == "nameserver").Select(line => line[1])],
            words.LastOrDefault(line => line[0] is "search" or "domain")?[1..] ?? [],
            [.. words.Where(line => line[0] == "options").SelectMany(line => line[1..])]);
    }
}
