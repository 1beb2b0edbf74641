namespace MiniKube;

/// <summary>
/// Which objects a command line names: kubectl's <c>TYPE</c>, <c>TYPE NAME...</c>, <c>TYPE/NAME...</c>,
/// <c>TYPE,TYPE</c>.
/// </summary>
internal sealed record ResourceSelection(ResourceKind Kind, IReadOnlyList<string> Names)
{
    /// <summary>True when the command line names objects, not only kinds.</summary>
    public bool IsByName => Names.Count > 0;
}

/// <summary>Reads the words behind a verb.</summary>
internal static class ResourceArguments
{
    /// <exception cref="CommandException">The words mix forms, or name a kind the server does not have.</exception>
    public static IReadOnlyList<ResourceSelection> Parse(IReadOnlyList<string> words, ResourceKinds kinds)
    {
        if (words.Count == 0)
        {
            throw CommandException.Usage("error: You must specify the type of resource to get, for example 'pods'.");
        }

        if (words.Any(static word => word.Contains('/', StringComparison.Ordinal)))
        {
            return [.. words.Select(word => ParsePair(word, kinds)).GroupBy(pair => pair.Kind)
                .Select(static pairs => new ResourceSelection(pairs.Key, [.. pairs.Select(static pair => pair.Name)]))];
        }

        string[] names = [.. words.Skip(1)];
        return [.. words[0].Split(',').SelectMany(kinds.FindAll).Select(kind => new ResourceSelection(kind, names))];
    }

    /// <summary>Exactly one object, for commands that act on one.</summary>
    public static (ResourceKind Kind, string Name) ParseOne(IReadOnlyList<string> words, ResourceKinds kinds)
        => Parse(words, kinds) is [{ Names: [var name] } only]
            ? (only.Kind, name)
            : throw CommandException.Usage("error: name exactly one object, for example 'deployment/web'");

    private static (ResourceKind Kind, string Name) ParsePair(string word, ResourceKinds kinds)
    {
        var parts = word.Split('/');
        return parts is [{ Length: > 0 } type, { Length: > 0 } name]
            ? (kinds.Find(type), name)
            : throw CommandException.Usage($"error: '{word}' is not of the form TYPE/NAME");
    }
}
