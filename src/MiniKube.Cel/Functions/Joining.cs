using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>Adding texts, bytes and lists, paid for by what comes out.</summary>
internal static class Joining
{
    /// <summary>Null where the operands are none of these.</summary>
    public static object? Add(Frame frame, object? a, object? b)
    {
        switch (a, b)
        {
            case (string x, string y):
                frame.SpendText((long)x.Length + y.Length);
                return x + y;
            case (byte[] x, byte[] y):
                frame.SpendText((long)x.Length + y.Length);
                return (byte[])[.. x, .. y];
            case (ICelList x, ICelList y):
                frame.Spend((long)x.Count + y.Count);
                return new NativeList([.. Lists.Items(x), .. Lists.Items(y)]);
            default:
                return null;
        }
    }
}
