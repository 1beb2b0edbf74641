using System.Globalization;
using System.Text;

namespace MiniKube.Runtimes;

/// <summary>One line of a log file: <c>TIME STREAM TAG TEXT</c>. Written by the shim's LogFile.</summary>
internal readonly ref struct LogEntry
{
    private LogEntry(ReadOnlySpan<byte> time, bool complete, ReadOnlySpan<byte> text)
    {
        Time = time;
        Complete = complete;
        Text = text;
    }

    public ReadOnlySpan<byte> Time { get; }

    /// <summary>False when the line goes on in the next entry of its stream.</summary>
    public bool Complete { get; }

    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Reads an entry without its newline; false for anything else, as after a crash in the middle of a write.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        var afterTime = line.IndexOf((byte)' ');
        var afterStream = afterTime < 0 ? -1 : line[(afterTime + 1)..].IndexOf((byte)' ');
        var tag = afterTime + 1 + afterStream + 1;
        if (afterStream < 0 || line.Length < tag + 2 || line[tag + 1] != (byte)' ' || line[tag] is not ((byte)'F' or (byte)'P'))
        {
            return false;
        }

        entry = new LogEntry(line[..afterTime], line[tag] == (byte)'F', line[(tag + 2)..]);
        return true;
    }

    /// <summary>True when it was written at or after the time.</summary>
    public bool IsSince(DateTimeOffset since)
        => DateTimeOffset.TryParse(
                Encoding.ASCII.GetString(Time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time >= since;
}
