using System.Globalization;
using System.Text;
using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// A container's log in the form CRI prescribes: <c>TIME STREAM TAG TEXT</c>, the tag being F for a line and P for a part of one.
/// Rotated at a line's end once it is large; the oldest file goes.
/// </summary>
internal sealed class LogFile(string path)
{
    // Longer lines are cut into parts, as containerd does.
    private const int LineBytesMax = 16 * 1024;

    private readonly Dictionary<string, MemoryStream> _unfinished = [];
    private readonly List<(LogState Known, ClientConnection Client)> _waiting = [];
    private readonly MemoryStream _output = new();
    private int _descriptor = Open(path);
    private LogState _state;

    /// <summary>Answers the client as soon as the log is another than it knows.</summary>
    public void WhenOther(LogState known, ClientConnection client)
    {
        _waiting.Add((known, client));
        AnswerWaiting();
    }

    public void Write(string stream, ReadOnlySpan<byte> text)
    {
        var unfinished = UnfinishedOf(stream);
        var head = Head(stream);
        while (text.Length > 0)
        {
            var end = text.IndexOf((byte)'\n');
            var room = LineBytesMax - (int)unfinished.Length;
            var taken = Math.Min(end < 0 ? text.Length : end, room);
            unfinished.Write(text[..taken]);
            text = text[taken..];
            if (text.Length > 0 && text[0] == (byte)'\n')
            {
                text = text[1..];
                Finish(head, 'F', unfinished);
            }
            else if (unfinished.Length == LineBytesMax)
            {
                Finish(head, 'P', unfinished);
            }
        }

        Flush();
    }

    /// <summary>No more will come: lines without an end get one.</summary>
    public void End()
    {
        foreach (var (stream, unfinished) in _unfinished)
        {
            if (unfinished.Length > 0)
            {
                Finish(Head(stream), 'F', unfinished);
            }
        }

        Flush();
        Kernel.Close(_descriptor);
        _state = _state with { Ended = true };
        AnswerWaiting();
    }

    private void Finish(byte[] head, char tag, MemoryStream line)
    {
        _output.Write(head);
        _output.WriteByte((byte)tag);
        _output.WriteByte((byte)' ');
        _output.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
        _output.WriteByte((byte)'\n');
        line.SetLength(0);
    }

    private void Flush()
    {
        if (_output.Length == 0)
        {
            return;
        }

        Kernel.WriteAll(_descriptor, _output.GetBuffer().AsSpan(0, (int)_output.Length));
        _state = _state with { Length = _state.Length + _output.Length };
        _output.SetLength(0);
        if (_state.Length >= SandboxFiles.LogBytesMax)
        {
            Rotate();
        }

        AnswerWaiting();
    }

    private void Rotate()
    {
        Kernel.Close(_descriptor);
        for (var number = SandboxFiles.LogFilesMax - 1; number > 1; number--)
        {
            Kernel.Rename($"{path}.{number - 1}", $"{path}.{number}");
        }

        Kernel.Rename(path, $"{path}.1");
        _descriptor = Open(path);
        _state = new LogState(_state.Rotations + 1, 0, false);
    }

    private void AnswerWaiting()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var (known, client) = _waiting[i];
            if (known != _state)
            {
                _waiting.RemoveAt(i);
                client.Done(_state.Write);
            }
        }
    }

    private MemoryStream UnfinishedOf(string stream)
    {
        if (!_unfinished.TryGetValue(stream, out var unfinished))
        {
            _unfinished[stream] = unfinished = new MemoryStream();
        }

        return unfinished;
    }

    private static byte[] Head(string stream)
    {
        var (seconds, nanoseconds) = Math.DivRem(Kernel.Now(), 1_000_000_000);
        var time = DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time}.{nanoseconds:D9}Z {stream} "));
    }

    private static int Open(string path)
        => Kernel.Open(path, Kernel.WriteOnly | Kernel.Create | Kernel.Append, 0b110_100_000);
}
