using System.IO.Pipelines;
using System.Text;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <summary>
/// A process that repeats its input until that ends, tells its command and terminal sizes on standard error (on the terminal, with one),
/// and exits with the code its last argument says.
/// </summary>
public sealed class RepeatingProcess : IRuntimeProcess
{
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly Pipe _errors = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessSpec _spec;
    private readonly Task _run;

    public RepeatingProcess(ProcessSpec spec)
    {
        _spec = spec;
        Stdin = spec.Stdin ? _input.Writer.AsStream() : Stream.Null;
        Stdout = _output.Reader.AsStream();
        Stderr = spec.Tty ? Stream.Null : _errors.Reader.AsStream();
        _run = RunAsync();
    }

    /// <summary>Completes when the process was killed.</summary>
    public TaskCompletionSource Killed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr { get; }

    public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
        => await _output.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{columns}x{rows}\n"), cancellationToken);

    public Task<int> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_exit.Task.IsCompleted)
        {
            Killed.TrySetResult();
        }

        _input.Reader.CancelPendingRead();
        await _run;
    }

    private async Task RunAsync()
    {
        await _errors.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', _spec.Command)));
        await _errors.Writer.CompleteAsync();
        while (_spec.Stdin)
        {
            var read = await _input.Reader.ReadAsync();
            foreach (var part in read.Buffer)
            {
                await _output.Writer.WriteAsync(part);
            }

            _input.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || read.IsCanceled)
            {
                break;
            }
        }

        await _output.Writer.CompleteAsync();
        _exit.TrySetResult(int.TryParse(_spec.Command[^1], out var code) ? code : 0);
    }
}
