using MiniKube.ApiServer;
using MiniKube.Testing;

namespace MiniKube.Tests.ApiServer.Kinds;

public sealed class CompatibilityTests
{
    private const string Document = "docs/compatibility.md";
    private const string Begin = "<!-- kinds: written by the tests with MINIKUBE_UPDATE_GOLDEN=1 -->\n";
    private const string End = "<!-- /kinds -->";

    [Test]
    public void The_table_of_kinds_is_that_of_the_catalog()
    {
        var path = RepositoryFiles.PathOf(Document);
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("MINIKUBE_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, $"{text[..begin]}{Table()}{text[end..]}");
            return;
        }

        Assert.That(text[begin..end], Is.EqualTo(Table()), $"{Document} is out of date; MINIKUBE_UPDATE_GOLDEN=1 rewrites the table");
    }

    private static string Table()
        => string.Concat(ResourceCatalog.BuiltIn.Select(Row)
            .Prepend("|---|---|---|---|---|---|---|\n")
            .Prepend("| Kind | API version | Scope | Names | Verbs | Subresources | Field selectors |\n"));

    private static string Row(ResourceDefinition kind)
        => $"| {kind.Gvk.Kind} | {kind.Gvk.ApiVersion} | {kind.Scope} | {Join(kind.ShortNames.Prepend(kind.Gvr.Resource))} | "
            + $"{Verbs(kind)} | {Join(Subresources.Of(kind).Select(one => one.Name))} | {Join(kind.SelectableFields)} |\n";

    private static string Verbs(ResourceDefinition kind) => kind.Verbs.Length == 8 ? "all" : Join(kind.Verbs);

    private static string Join(IEnumerable<string> words) => string.Join(", ", words);
}
