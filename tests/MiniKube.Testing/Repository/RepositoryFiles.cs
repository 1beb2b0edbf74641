using System.Xml.Linq;

namespace MiniKube.Testing;

/// <summary>The checkout the tests run from: its files as text, found by walking up to the solution.</summary>
public static class RepositoryFiles
{
    private static readonly string[] Made = ["bin", "obj", "artifacts", ".git", "TestResults", "BenchmarkDotNet.Artifacts", "node_modules"];

    /// <summary>The folder of MiniKube.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder of the checkout.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Relative paths, with slashes, of the files below a folder whose name ends so; nothing a build made.</summary>
    public static IEnumerable<string> Below(string folder, string ending)
        => Walk(new DirectoryInfo(PathOf(folder)))
            .Where(file => file.Name.EndsWith(ending, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>Names of the projects a project file references.</summary>
    public static IReadOnlyList<string> ProjectReferences(string projectFile)
        => [.. Included(projectFile, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    /// <summary>Names of the packages a project file references.</summary>
    public static IReadOnlyList<string> PackageReferences(string projectFile) => [.. Included(projectFile, "PackageReference")];

    private static IEnumerable<string> Included(string projectFile, string element)
        => XDocument.Load(PathOf(projectFile)).Descendants(element).Select(one => (string)one.Attribute("Include")!);

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder)
        => folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(one => !Made.Contains(one.Name)).SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MiniKube.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no MiniKube.sln above {AppContext.BaseDirectory}: run the tests from a checkout");
    }
}
