using System.Text;

namespace MiniKube.Testbox;

/// <summary>Standard output and error, line by line; each line reaches the log at once.</summary>
internal static class Output
{
    private static readonly Lock Gate = new();
    private static readonly Stream Out = StandardStreams.Output();
    private static readonly Stream Err = StandardStreams.Errors();

    public static void Line(string text) => Write(Out, text + "\n");

    public static void Text(string text) => Write(Out, text);

    public static void Error(string text) => Write(Err, text + "\n");

    public static void Bytes(ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            Out.Write(bytes);
        }
    }

    private static void Write(Stream stream, string text)
    {
        lock (Gate)
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
    }
}
