namespace MiniKube.Runtimes;

/// <summary>A process to run inside a container.</summary>
public sealed record ProcessSpec(IReadOnlyList<string> Command, bool Stdin, bool Tty);

/// <summary>Which streams of a container to connect; a container with a terminal has only one for its output.</summary>
public sealed record AttachSpec(bool Stdin, bool Stdout, bool Stderr);

/// <summary>A running process. Disposing kills it if it still runs, unless it is one that was attached to.</summary>
public interface IRuntimeProcess : IAsyncDisposable
{
    /// <summary>Write here what the process reads; disposing it is end of file. <see cref="Stream.Null"/> when not connected.</summary>
    Stream Stdin { get; }

    /// <summary>What the process writes; ends when every writer has closed it.</summary>
    Stream Stdout { get; }

    /// <summary>Standard error; <see cref="Stream.Null"/> with a terminal.</summary>
    Stream Stderr { get; }

    /// <summary>Tells the terminal its size in characters. Ignored without one, and after the process has ended.</summary>
    Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken);

    /// <summary>The exit code; 128 + n for signal n.</summary>
    Task<int> WaitAsync(CancellationToken cancellationToken);
}
