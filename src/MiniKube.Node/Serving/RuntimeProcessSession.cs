using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>A process of the runtime as the API server sees it.</summary>
internal sealed class RuntimeProcessSession(IRuntimeProcess process) : IProcessSession
{
    public Stream Stdin => process.Stdin;

    public Stream Stdout => process.Stdout;

    public Stream Stderr => process.Stderr;

    public Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
        => process.ResizeAsync(columns, rows, cancellationToken);

    public Task<int> WaitAsync(CancellationToken cancellationToken) => process.WaitAsync(cancellationToken);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
