using System.Globalization;

namespace MiniKube.Testing;

/// <summary>
/// The clock of a <see cref="LabMachine"/>, which can be moved while programs run: Debian's <c>faketime</c> below them. Timers go on as
/// they were, as on a machine whose clock is set. Programs without a C library (kubectl) do not see it.
/// </summary>
public sealed class LabClock
{
    private readonly string _file;

    /// <summary>A right one; the file is where programs read how wrong it is.</summary>
    public LabClock(string file)
    {
        _file = file;
        Move(TimeSpan.Zero);
    }

    /// <summary>The library that programs start with; null when it is not installed.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*")
            .Select(static directory => Path.Combine(directory, "faketime", "libfaketime.so.1"))
            .FirstOrDefault(File.Exists)
        : null;

    /// <summary>What makes a program see this clock.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["LD_PRELOAD"] = Library ?? throw new InvalidOperationException("faketime is not installed"),
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // With it every wait with a time limit ends at once in programs whose limits are on the monotonic clock.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["NO_FAKE_STAT"] = "1",
    };

    /// <summary>How far it is ahead from now on; programs see it within a second.</summary>
    public void Move(TimeSpan ahead)
    {
        var partial = $"{_file}.new";
        File.WriteAllText(partial, string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalSeconds:+0;-0;+0}\n"));
        File.Move(partial, _file, overwrite: true);
    }
}
