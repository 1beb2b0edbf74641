using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// Lets commands on this machine ask the running server for what is not of the API: its images, and its end. A socket in the
/// data directory, which only the owner can enter. A request is a line, and what it is about behind it; the answer is
/// <c>ok</c> or <c>failed</c> and lines of text. After <c>stop</c> the connection stays open until the process is gone.
/// </summary>
internal sealed partial class ControlSocket : ClusterComponent
{
    // People type these commands; more at once than this wait for their turn.
    private const int Backlog = 16;

    private readonly string _path;
    private readonly IContainerRuntime? _runtime;
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Stream> _untilTheEnd = [];
    private readonly Dictionary<string, ControlAnswer> _answers = [];
    private readonly ILogger<ControlSocket> _logger;

    /// <param name="dataDirectory">Where the socket is made.</param>
    /// <param name="runtime">Whose images; null on a machine without a node.</param>
    /// <param name="loggers">For what goes wrong with a request.</param>
    public ControlSocket(string dataDirectory, IContainerRuntime? runtime, ILoggerFactory loggers)
    {
        _path = PathIn(dataDirectory);
        _runtime = runtime;
        _logger = loggers.CreateLogger<ControlSocket>();
    }

    public override string Name => "control-socket";

    /// <summary>Ends when somebody asked the server to stop.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>Adds a request that this server answers; before the start.</summary>
    /// <param name="request">The line that asks for it.</param>
    /// <param name="answer">Gets what follows the line. A <see cref="CommandException"/> is told to who asked.</param>
    public void Add(string request, ControlAnswer answer) => _answers.Add(request, answer);

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "control.sock");

    protected override async Task RunAsync(CancellationToken stopping)
    {
        File.Delete(_path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen(Backlog);
        SignalReady();
        try
        {
            await AcceptAsync(listener, stopping);
        }
        finally
        {
            File.Delete(_path);
        }
    }

    // Side by side: who asks for the state must not wait until an archive is loaded.
    private async Task AcceptAsync(Socket listener, CancellationToken stopping)
    {
        var serving = new List<Task>();
        try
        {
            var accepting = listener.AcceptAsync(stopping).AsTask();
            while (true)
            {
                var done = await Task.WhenAny([accepting, .. serving]);
                if (done == accepting)
                {
                    serving.Add(ServeAsync(await accepting, stopping));
                    accepting = listener.AcceptAsync(stopping).AsTask();
                    continue;
                }

                serving.Remove(done);
                await done;
            }
        }
        finally
        {
            await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var request = await ReadLineAsync(stream, stopping);
            if (request == "stop")
            {
                // Kept open: that the connection ends is how the other side learns that the process has.
                _untilTheEnd.Add(stream);
                _stopAsked.TrySetResult();
                return;
            }

            // A stream of its own for the content: who reads an archive may close it, and the answer still has to go out.
            await using var content = new NetworkStream(socket, ownsSocket: false);
            await AnswerAsync(stream, content, request, stopping);
            await stream.DisposeAsync();
        }
        catch (IOException gone)
        {
            Log.Interrupted(_logger, gone.Message);
            await stream.DisposeAsync();
        }
    }

    private async Task AnswerAsync(Stream stream, Stream content, string request, CancellationToken stopping)
    {
        var answer = new StringBuilder("ok\n");
        try
        {
            foreach (var line in await DoAsync(request, content, stopping))
            {
                answer.Append(line).Append('\n');
            }
        }
        catch (Exception refused) when (refused is RuntimeException or CommandException or IOException or UnauthorizedAccessException)
        {
            answer.Clear().Append("failed\n").Append(refused.Message).Append('\n');
        }

        // What the archive's reader had no use for is read too: closing with bytes unread would reset the connection under the answer.
        await stream.CopyToAsync(Stream.Null, stopping);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToString()), stopping);
    }

    private async Task<IEnumerable<string>> DoAsync(string request, Stream content, CancellationToken stopping)
    {
        if (_answers.TryGetValue(request, out var known))
        {
            return await known(content, stopping);
        }

        if (_runtime is null)
        {
            throw new RuntimeException(RuntimeError.Unavailable, "this server has no node on this machine, so it has no images");
        }

        return request switch
        {
            "load" => await _runtime.LoadImageAsync(content, stopping),
            "images" => (await _runtime.ListImagesAsync(stopping)).Select(ImageLine.Format),
            _ => throw new RuntimeException(RuntimeError.NotSupported, $"this server does not know '{request}'; is it of another version?"),
        };
    }

    // Byte by byte: what follows the line belongs to whoever reads the archive.
    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken stopping)
    {
        const int lengthMax = 64;
        var line = new List<byte>();
        var one = new byte[1];
        while (line.Count < lengthMax && await stream.ReadAsync(one, stopping) == 1 && one[0] != (byte)'\n')
        {
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Debug, "A command went away before it was answered: {Why}")]
        public static partial void Interrupted(ILogger logger, string why);
    }
}

/// <summary>Answers a request with lines of text.</summary>
/// <param name="content">What follows the request; ends where the other side has said all.</param>
/// <param name="cancellationToken">Cancelled when the server stops.</param>
internal delegate Task<IEnumerable<string>> ControlAnswer(Stream content, CancellationToken cancellationToken);
