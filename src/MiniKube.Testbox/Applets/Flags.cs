using System.Globalization;

namespace MiniKube.Testbox;

/// <summary>The command line was wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Flags of the forms <c>--name value</c> and <c>--name=value</c>; the rest are operands.</summary>
internal sealed class Flags
{
    private readonly Dictionary<string, string> _values = [];

    private Flags(List<string> operands) => Operands = operands;

    public List<string> Operands { get; }

    public static Flags Parse(string[] args, params ReadOnlySpan<string> known)
    {
        var flags = new Flags([]);
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                flags.Operands.Add(args[i]);
                continue;
            }

            var split = args[i].IndexOf('=');
            var name = split < 0 ? args[i][2..] : args[i][2..split];
            if (!known.Contains(name))
            {
                throw new UsageException($"unknown flag --{name}");
            }

            flags._values[name] = split >= 0 ? args[i][(split + 1)..] : ValueAfter(args, ref i);
        }

        return flags;
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name) ?? otherwise;

    public int Number(string name, int otherwise)
        => _values.TryGetValue(name, out var text) ? ParseNumber(text, $"--{name}") : otherwise;

    public TimeSpan Seconds(string name, double otherwise)
        => TimeSpan.FromSeconds(_values.TryGetValue(name, out var text) ? ParseSeconds(text, $"--{name}") : otherwise);

    public static int ParseNumber(string text, string what)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{what} must be a number, not '{text}'");

    public static double ParseSeconds(string text, string what)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0
            ? seconds
            : throw new UsageException($"{what} must be a number of seconds, not '{text}'");

    private static string ValueAfter(string[] args, ref int i)
        => ++i < args.Length ? args[i] : throw new UsageException($"{args[i - 1]} needs a value");
}
