namespace MiniKube;

/// <summary>What a command sees of the process it runs in, so that tests can run commands without one.</summary>
internal sealed record Terminal
{
    public required TextWriter Output { get; init; }

    /// <summary>For what went wrong and for remarks that must not get into a pipe.</summary>
    public required TextWriter Error { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    /// <summary>True when a person reads the output: colours and live displays are welcome.</summary>
    public bool IsLive { get; init; }

    /// <summary>The value of an environment variable, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static Terminal OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        // The descriptor itself: Console's stream reads lines and knows about keys, which a raw terminal must not have.
        OpenInput = static () => new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(0, false), FileAccess.Read, 0),
        IsLive = !Console.IsOutputRedirected,
        Variable = Environment.GetEnvironmentVariable,
    };
}
