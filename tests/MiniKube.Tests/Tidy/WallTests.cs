using System.Collections.Frozen;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The walls of docs/ARCHITECTURE.md, read from the project files.</summary>
public sealed class WallTests
{
    private static readonly FrozenDictionary<string, string[]> MayReference = new Dictionary<string, string[]>
    {
        ["MiniKube.Api"] = [],
        ["MiniKube.Cel"] = [],
        ["MiniKube.Store"] = ["MiniKube.Api"],
        ["MiniKube.Client"] = ["MiniKube.Api"],
        ["MiniKube.Runtimes"] = ["MiniKube.Api", "MiniKube.Shim", "MiniKube.Testbox"],
        ["MiniKube.ApiServer"] = ["MiniKube.Store", "MiniKube.Client", "MiniKube.Api", "MiniKube.Cel"],
        ["MiniKube.Controllers"] = ["MiniKube.Client", "MiniKube.Api"],
        ["MiniKube.Scheduler"] = ["MiniKube.Client", "MiniKube.Api"],
        ["MiniKube.Node"] = ["MiniKube.Client", "MiniKube.Runtimes", "MiniKube.Api"],
        ["MiniKube.Networking"] = ["MiniKube.Client", "MiniKube.Api"],
        ["MiniKube.Shim"] = [],
        ["MiniKube.Testbox"] = [],
        ["MiniKube"] =
        [
            "MiniKube.Api", "MiniKube.ApiServer", "MiniKube.Client", "MiniKube.Controllers", "MiniKube.Networking", "MiniKube.Node",
            "MiniKube.Runtimes", "MiniKube.Scheduler", "MiniKube.Store",
        ],
    }.ToFrozenDictionary();

    private static IEnumerable<string> Projects => RepositoryFiles.Below("src", ".csproj");

    [TestCaseSource(nameof(Projects))]
    public void A_project_references_only_what_the_map_allows(string projectFile)
    {
        var name = Path.GetFileNameWithoutExtension(projectFile);

        Assert.That(MayReference, Does.ContainKey(name), "a new project needs a line in the map");
        Assert.That(RepositoryFiles.ProjectReferences(projectFile), Is.SubsetOf(MayReference[name]));
    }

    [TestCase("LiteDB", "MiniKube.Store")]
    [TestCase("Docker.DotNet", "MiniKube.Runtimes")]
    [TestCase("Makaretu.Dns", "MiniKube.Networking")]
    [TestCase("ZstdSharp.Port", "MiniKube.Runtimes")]
    [TestCase("Cronos", "MiniKube.Api")]
    [TestCase("Microsoft.IdentityModel.JsonWebTokens", "MiniKube.ApiServer")]
    [TestCase("Spectre.Console", "MiniKube")]
    [TestCase("System.CommandLine", "MiniKube")]
    public void A_library_is_referenced_by_one_project(string package, string owner)
    {
        var users = Projects
            .Where(project => RepositoryFiles.PackageReferences(project).Contains(package))
            .Select(Path.GetFileNameWithoutExtension);

        Assert.That(users, Is.EqualTo([owner]));
    }

    [Test]
    public void Only_the_kernel_facing_projects_allow_unsafe_code()
    {
        var unsafeProjects = Projects
            .Where(project => TextOf(project).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension);

        Assert.That(
            unsafeProjects,
            Is.SubsetOf(["MiniKube.Networking", "MiniKube.Runtimes", "MiniKube.Shim", "MiniKube.Testbox"]));
    }

    [Test]
    public void Every_version_is_pinned_centrally()
    {
        var pinnedElsewhere = RepositoryFiles.Below(".", ".csproj")
            .Where(project => TextOf(project).Contains(" Version=\"", StringComparison.Ordinal));

        Assert.That(pinnedElsewhere, Is.Empty);
    }

    private static string TextOf(string projectFile) => File.ReadAllText(RepositoryFiles.PathOf(projectFile));
}
