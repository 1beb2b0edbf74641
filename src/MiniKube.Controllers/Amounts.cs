using System.Globalization;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>Amounts that are a number of pods or a share of them.</summary>
internal static class Amounts
{
    /// <summary>The number, or the share of <paramref name="of"/>.</summary>
    public static int Resolve(IntOrString value, int of, bool roundUp)
    {
        var text = value.Value;
        if (!text.EndsWith('%'))
        {
            return int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        var hundredths = (long)of * int.Parse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return (int)((hundredths + (roundUp ? 99 : 0)) / 100);
    }
}
