using System.Text.RegularExpressions;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Documents must not lie: every path they name exists.</summary>
public sealed partial class DocumentTests
{
    private static IEnumerable<string> Documents
        => RepositoryFiles.Below("docs", ".md")
            .Concat(RepositoryFiles.Below("samples", ".md"))
            .Append("README.md")
            .Append("CONTRIBUTING.md");

    [TestCaseSource(nameof(Documents))]
    public void Every_path_a_document_names_exists(string document)
    {
        var named = PathPattern().Matches(File.ReadAllText(RepositoryFiles.PathOf(document)))
            .Select(match => match.Groups[1].Value.TrimEnd('/', '.', ','))
            .Distinct();

        var missing = named.Where(path => !Path.Exists(RepositoryFiles.PathOf(path)));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void No_package_registry_is_named_anywhere()
    {
        // Put together so that this file does not name one.
        string[] hosts = ["nuget" + ".org", "npmjs" + ".org", "deb." + "debian.org"];
        string[] endings = [".cs", ".csproj", ".props", ".targets", ".md", ".yaml", ".json", ".cake", ".config"];

        var naming = endings.SelectMany(ending => RepositoryFiles.Below(".", ending))
            .Where(file => hosts.Any(host => File.ReadAllText(RepositoryFiles.PathOf(file)).Contains(host, StringComparison.Ordinal)));

        Assert.That(naming, Is.Empty);
    }

    [GeneratedRegex(@"`((?:src|tests|samples|docs|\.ci|\.config)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex PathPattern();
}
