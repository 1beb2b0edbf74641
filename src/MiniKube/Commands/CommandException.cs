namespace MiniKube;

/// <summary>
/// A command failed for a reason the person can do something about. The message is what they read, on standard error, and
/// nothing else is printed.
/// </summary>
internal class CommandException(string message, int exitCode = CommandException.Failed, Exception? cause = null)
    : Exception(message, cause)
{
    public const int Failed = 1;

    public const int WrongUsage = 2;

    public int ExitCode { get; } = exitCode;

    /// <summary>The command was called with something it does not understand.</summary>
    public static CommandException Usage(string message) => new(message, WrongUsage);
}
