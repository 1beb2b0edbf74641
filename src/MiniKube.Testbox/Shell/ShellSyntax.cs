namespace MiniKube.Testbox;

/// <summary>What joins a pipeline to the one before it.</summary>
internal enum Joint
{
    Always,
    IfSucceeded,
    IfFailed,
}

/// <summary>A file that takes the place of descriptor 0, 1 or 2; or, without a path, a copy of descriptor <c>From</c>.</summary>
internal sealed record Redirection(int Descriptor, string? Path, bool Append, int From);

/// <summary>One program with its arguments, variables expanded only when it runs.</summary>
internal sealed class Command
{
    public List<ShellWord> Words { get; } = [];

    public List<(int Descriptor, bool Append, int From, ShellWord? Path)> Redirections { get; } = [];
}

/// <summary>Commands that run at once, each reading what the one before writes.</summary>
internal sealed record Pipeline(Joint Joint, List<Command> Commands);

/// <summary>Text as written, in pieces; pieces with <c>Expands</c> have variables to replace.</summary>
internal sealed class ShellWord
{
    public List<(string Text, bool Expands)> Pieces { get; } = [];
}

/// <summary>The line cannot be understood.</summary>
internal sealed class ShellSyntaxException(string message) : Exception(message);
