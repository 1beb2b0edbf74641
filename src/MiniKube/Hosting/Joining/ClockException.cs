namespace MiniKube;

/// <summary>This machine and its servers do not agree on the time, so their certificates are worth nothing to each other.</summary>
internal sealed class ClockException(string message, Exception? cause = null) : CommandException(message, cause: cause);
