using System.Text;

namespace MiniKube;

/// <summary>Reads what <c>-f</c> names: a file, a directory, a URL, or <c>-</c> for standard input.</summary>
internal sealed class ManifestSource(Terminal terminal)
{
    // What the API server takes in one body; a file may hold many.
    private const long BytesMax = 64 << 20;

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>
    /// All documents of all sources, in the order given; files of a directory in the order of their names.
    /// </summary>
    /// <exception cref="CommandException">Something is not there or not well-formed.</exception>
    public async Task<IReadOnlyList<Manifest>> ReadAsync(
        IEnumerable<string> sources, bool recursive, CancellationToken cancellationToken)
    {
        var manifests = new List<Manifest>();
        foreach (var source in sources)
        {
            foreach (var (name, text) in await TextsOfAsync(source, recursive, cancellationToken))
            {
                manifests.AddRange(Parse(name, text).SelectMany(Manifest.Of));
            }
        }

        return manifests.Count > 0 ? manifests : throw new CommandException("no objects passed to apply");
    }

    /// <summary>The documents of one file.</summary>
    public static IReadOnlyList<YamlDocument> ParseFile(string path) => Parse(path, ReadFile(path));

    private static IReadOnlyList<YamlDocument> Parse(string name, string text)
        => JsonReader.LooksLikeJson(text) ? [JsonReader.Read(name, text)] : YamlReader.Read(name, text);

    private async Task<IEnumerable<(string Name, string Text)>> TextsOfAsync(
        string source, bool recursive, CancellationToken cancellationToken)
    {
        if (source == "-")
        {
            using var reader = new StreamReader(terminal.OpenInput(), Encoding.UTF8);
            return [("STDIN", await reader.ReadToEndAsync(cancellationToken))];
        }

        if (source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal))
        {
            return [(source, await DownloadAsync(source, cancellationToken))];
        }

        return Directory.Exists(source)
            ? FilesOf(source, recursive).Select(static path => (path, ReadFile(path)))
            : [(source, ReadFile(source))];
    }

    private static string[] FilesOf(string directory, bool recursive)
    {
        var depth = recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        string[] files = [.. Directory.EnumerateFiles(directory, "*", depth)
            .Where(static path => Extensions.Contains(Path.GetExtension(path)))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new CommandException($"{directory}: no file in it ends in {string.Join(", ", Extensions)}");
    }

    private static string ReadFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new CommandException($"the path \"{path}\" does not exist");
        }

        return file.Length <= BytesMax
            ? File.ReadAllText(path)
            : throw new CommandException($"{path}: larger than {BytesMax >> 20} MiB; expected a manifest");
    }

    private static async Task<string> DownloadAsync(string url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { MaxResponseContentBufferSize = BytesMax, Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            return await client.GetStringAsync(new Uri(url), cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new CommandException($"{url}: {failure.Message}", cause: failure);
        }
    }
}
