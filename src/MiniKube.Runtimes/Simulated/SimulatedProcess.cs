using System.Text;

namespace MiniKube.Runtimes;

/// <summary>What a simulated process says, how it ends, and how long it takes for that.</summary>
public sealed record SimulatedAnswer(int ExitCode, string Output = "")
{
    /// <summary>Time until the process ends; by default at once.</summary>
    public TimeSpan Duration { get; init; }
}

/// <summary>A process whose whole life is known beforehand.</summary>
internal sealed class SimulatedProcess(SimulatedAnswer answer, TimeProvider time) : IRuntimeProcess
{
    public Stream Stdin => Stream.Null;

    public Stream Stdout { get; } = new MemoryStream(Encoding.UTF8.GetBytes(answer.Output), writable: false);

    public Stream Stderr => Stream.Null;

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        if (answer.Duration > TimeSpan.Zero)
        {
            await Task.Delay(answer.Duration, time, cancellationToken);
        }

        return answer.ExitCode;
    }

    public ValueTask DisposeAsync() => Stdout.DisposeAsync();
}
