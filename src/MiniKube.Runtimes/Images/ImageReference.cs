using System.Text.RegularExpressions;

namespace MiniKube.Runtimes;

/// <summary>
/// The name of an image: <c>[REGISTRY[:PORT]/]REPOSITORY[:TAG][@DIGEST]</c>. Short names mean docker.io, single words its
/// <c>library</c>, and without tag or digest <c>latest</c>.
/// https://github.com/distribution/reference
/// </summary>
public sealed partial record ImageReference
{
    private const string DefaultRegistry = "docker.io";
    private const string DefaultTag = "latest";
    private const int NameLengthMax = 255;

    private ImageReference(string registry, string repository, string? tag, string? digest)
        => (Registry, Repository, Tag, Digest) = (registry, repository, tag, digest);

    /// <summary>Host, with a port if it has one.</summary>
    public string Registry { get; }

    /// <summary>The path at the registry.</summary>
    public string Repository { get; }

    /// <summary>Null when only a digest is given.</summary>
    public string? Tag { get; }

    /// <summary><c>sha256:HEX</c>, or null.</summary>
    public string? Digest { get; }

    /// <summary>As people write it: without docker.io and library.</summary>
    public string FamiliarName
    {
        get
        {
            var name = ToString();
            foreach (var prefix in (string[])[$"{DefaultRegistry}/library/", $"{DefaultRegistry}/"])
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                {
                    return name[prefix.Length..];
                }
            }

            return name;
        }
    }

    /// <summary>Reads a name.</summary>
    /// <exception cref="RuntimeException">It is malformed (<see cref="RuntimeError.InvalidImageName"/>).</exception>
    public static ImageReference Parse(string name)
        => TryParse(name) ?? throw new RuntimeException(
            RuntimeError.InvalidImageName,
            $"couldn't parse image name \"{name}\": use [REGISTRY/]REPOSITORY[:TAG][@sha256:DIGEST] in lower case");

    /// <summary>The name in full.</summary>
    public override string ToString()
        => $"{Registry}/{Repository}{(Tag is null ? "" : $":{Tag}")}{(Digest is null ? "" : $"@{Digest}")}";

    private static ImageReference? TryParse(string name)
    {
        var match = NamePattern().Match(name);
        if (!match.Success || name.Length > NameLengthMax)
        {
            return null;
        }

        var (registry, repository) = SplitRegistry(match.Groups["path"].Value);
        if (!RepositoryPattern().IsMatch(repository))
        {
            return null;
        }

        var digest = match.Groups["digest"] is { Success: true } d ? d.Value : null;
        var tag = match.Groups["tag"] is { Success: true } t ? t.Value : digest is null ? DefaultTag : null;
        return new ImageReference(registry, repository, tag, digest);
    }

    // The first part is a host when it could not be anything else: a dot, a port, or localhost.
    private static (string Registry, string Repository) SplitRegistry(string path)
    {
        var slash = path.IndexOf('/');
        var first = slash < 0 ? "" : path[..slash];
        var isHost = first == "localhost" || first.Contains('.') || first.Contains(':');
        var (registry, repository) = isHost ? (first, path[(slash + 1)..]) : (DefaultRegistry, path);
        registry = registry is "index.docker.io" ? DefaultRegistry : registry;
        return (registry, registry == DefaultRegistry && !repository.Contains('/') ? $"library/{repository}" : repository);
    }

    [GeneratedRegex(
        @"\A(?<path>[A-Za-z0-9][A-Za-z0-9._:/\[\]-]*?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
        + @"(@(?<digest>sha256:[0-9a-f]{64}))?\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex RepositoryPattern();
}
