namespace MiniKube.Runtimes;

/// <summary>The names of the image store and the configuration digest each stands for.</summary>
internal sealed record ImageIndex
{
    public required SortedDictionary<string, string> Names { get; init; }
}
