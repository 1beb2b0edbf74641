namespace MiniKube.Testing;

/// <summary>A command a page tells its reader to type: the line, and the heading it stands under.</summary>
public sealed record PageCommand(string Heading, string Line);

/// <summary>The commands of a page of <c>docs</c>: the lines of its blocks fenced with <c>```sh</c>.</summary>
public static class CommandPage
{
    /// <summary>Every command, in the order of the page, under the nearest heading above it.</summary>
    public static IReadOnlyList<PageCommand> Read(string page)
    {
        var commands = new List<PageCommand>();
        var heading = "";
        var isCommand = false;
        foreach (var line in File.ReadLines(RepositoryFiles.PathOf(page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCommand = line == "```sh";
            }
            else if (isCommand)
            {
                commands.Add(new PageCommand(heading, line));
            }
            else if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#').Trim();
            }
        }

        return commands;
    }
}
