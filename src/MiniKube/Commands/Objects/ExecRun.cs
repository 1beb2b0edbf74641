using System.Text;

namespace MiniKube;

/// <summary>
/// One run of <c>exec</c>: connects this terminal with a process in a container until the process ends.
/// </summary>
internal sealed class ExecRun(ApiConnection api, Terminal terminal, bool stdin, bool tty)
{
    public async Task<int> RunAsync(PodChoice choice, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var socket = await api.NewSocket().ConnectAsync(PathOf(choice, command), StreamSocket.Protocols, cancellationToken);
        await using var stream = new StreamSocket(socket, api.Server);
        using var raw = tty ? await RawTerminal.EnterAsync(cancellationToken) : null;
        using var sizes = tty ? WindowSize.Watch(size => stream.Resize(size.Columns, size.Rows)) : null;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var input = stdin ? SendInputAsync(stream, ended.Token) : Task.CompletedTask;
        var exitCode = await ReceiveAsync(stream, cancellationToken);
        await ended.CancelAsync();
        // A read of a terminal cannot be taken back: one that still waits ends with this process, now.
        await (input.IsCompleted ? input : Task.CompletedTask);
        return exitCode;
    }

    private string PathOf(PodChoice choice, IReadOnlyList<string> command)
    {
        var parameters = new List<(string, string?)>
        {
            ("container", choice.Container),
            ("stdin", stdin ? "true" : null),
            ("stdout", "true"),
            ("stderr", tty ? null : "true"),
            ("tty", tty ? "true" : null),
        };
        parameters.AddRange(command.Select(static word => ("command", (string?)word)));
        return $"/api/v1/namespaces/{api.Namespace}/pods/{choice.Name}/exec{QueryText.Of([.. parameters])}";
    }

    private async Task<int> ReceiveAsync(StreamSocket stream, CancellationToken cancellationToken)
    {
        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        await foreach (var frame in stream.ReadAsync(cancellationToken))
        {
            switch (frame.Channel)
            {
                case StreamChannel.Stdout:
                    await output.WriteAsync(frame.Payload, cancellationToken);
                    break;
                case StreamChannel.Stderr:
                    await error.WriteAsync(frame.Payload, cancellationToken);
                    break;
                case StreamChannel.Error:
                    return await ExecStatus.ExitCodeAsync(Encoding.UTF8.GetString(frame.Payload.Span), terminal);
                default:
                    break; // Channels of later protocol versions.
            }
        }

        throw new CommandException("error: the connection ended before the command did");
    }

    private async Task SendInputAsync(StreamSocket stream, CancellationToken cancellationToken)
    {
        await using var input = terminal.OpenInput();
        var buffer = new byte[4096];
        while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            await stream.SendAsync(StreamChannel.Stdin, buffer.AsMemory(0, count), cancellationToken);
        }

        await stream.CloseInputAsync(cancellationToken);
    }
}
