using System.Globalization;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Names of journal files: they sort by the first revision inside.</summary>
internal static class SegmentName
{
    private const string Prefix = "journal-";
    private const string Suffix = ".log";
    private const int Digits = 20; // Room for every revision.

    public static string Of(Revision first)
        => Prefix + first.Value.ToString(CultureInfo.InvariantCulture).PadLeft(Digits, '0') + Suffix;

    public static bool TryParse(string name, out Revision first)
    {
        first = Revision.Zero;
        return name.Length == Prefix.Length + Digits + Suffix.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && Revision.TryParse(name.AsSpan(Prefix.Length, Digits), out first);
    }
}
