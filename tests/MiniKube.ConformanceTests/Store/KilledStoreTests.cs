using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>The store of a process that is killed with SIGKILL at random moments of writing, over and over.</summary>
public sealed class KilledStoreTests
{
    private const int Kills = 8;

    private readonly string _directory = Directory.CreateTempSubdirectory("minikube-killed-").FullName;
    private readonly Dictionary<int, int> _acknowledged = [];

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test, CancelAfter(120_000)]
    public async Task Every_acknowledged_write_survives_kill_9(CancellationToken cancellationToken)
    {
        var random = new Random(20260101);
        for (var kill = 0; kill < Kills; kill++)
        {
            await WriteAndKillAsync(random.Next(1, 3_000), cancellationToken);

            await using var store = await ResourceStore.OpenAsync(
                StoreWriter.Options(_directory), TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
            AssertNothingIsLost(store);
        }
    }

    private async Task WriteAndKillAsync(int lines, CancellationToken cancellationToken)
    {
        using var writer = Process.Start(new ProcessStartInfo(DotnetPath())
        {
            ArgumentList = { typeof(KilledStoreTests).Assembly.Location, StoreWriter.Role, _directory },
            RedirectStandardOutput = true,
            RedirectStandardInput = true, // Ends with this process, and the writer with it.
        })!;
        for (var line = 0; line < lines; line++)
        {
            Note(await writer.StandardOutput.ReadLineAsync(cancellationToken)
                ?? throw new AssertionException("the writer ended by itself"));
        }

        writer.Kill();
        await writer.WaitForExitAsync(cancellationToken);

        // What it had said before it was killed counts too, except a line that it could not end.
        var rest = await writer.StandardOutput.ReadToEndAsync(cancellationToken);
        foreach (var line in rest.Split('\n')[..^1])
        {
            Note(line);
        }
    }

    private void Note(string line)
    {
        var parts = line.Split(' ');
        _acknowledged[int.Parse(parts[0], CultureInfo.InvariantCulture)] = int.Parse(parts[1], CultureInfo.InvariantCulture);
    }

    private void AssertNothingIsLost(ResourceStore store)
    {
        long writes = 0;
        foreach (var (writer, acknowledged) in _acknowledged)
        {
            var item = store.Find(Drafts.Pod(StoreWriter.KeyName(writer)));
            Assert.That(item, Is.Not.Null);

            // One write of each writer may be under way when the process dies.
            var count = StoreWriter.CountOf(item!);
            Assert.That(count, Is.InRange(acknowledged, acknowledged + 1));
            writes += count;
        }

        var unheard = store.List(new ListRequest(new KeyRange("pods"))).Objects.Count - _acknowledged.Count;
        Assert.That(store.Current.Value, Is.EqualTo(writes + unheard), "every write has one revision");
    }

    /// <summary>The program that runs this process's version of .NET.</summary>
    private static string DotnetPath()
        => Path.GetFullPath(Path.Combine(
            RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
