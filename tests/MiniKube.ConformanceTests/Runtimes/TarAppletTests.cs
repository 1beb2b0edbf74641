using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>The bundled image's tar against that of the machine, as <c>kubectl cp</c> puts a tar at each end.</summary>
[Platform("Linux")]
public sealed class TarAppletTests
{
    private readonly TemporaryDirectory _directory = new();

    [SetUp]
    public void MakeFiles()
    {
        var source = Directory.CreateDirectory(Path.Combine(_directory.Path, "from", "tree", "leaf")).FullName;
        File.WriteAllText(Path.Combine(source, "run"), "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(source, "run"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(Path.Combine(source, "run"), DateTime.UnixEpoch);
        File.WriteAllText(Path.Combine(source, new string('n', 200)), "a long name");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "from", "tree", "link"), "leaf/run");
        Directory.CreateDirectory(Path.Combine(_directory.Path, "to"));
    }

    [TearDown]
    public void RemoveFiles() => _directory.Dispose();

    [TestCase("$TESTBOX tar cf - -C from tree | tar -xmf - -C to")]
    [TestCase("$TESTBOX tar -c -f - from/tree | tar xf - --strip-components=1 -C to")]
    [TestCase("tar cf - -C from tree | $TESTBOX tar -xmf - -C to")]
    [TestCase("tar czf - -C from tree | gzip -d | $TESTBOX tar xf - --no-same-owner --no-same-permissions -C to")]
    public async Task A_tree_goes_through_whole(string command)
    {
        (await RunAsync(command)).Success();

        var differences = await RunAsync("diff -r --no-dereference from to && ls -l to/tree/leaf/run");
        Assert.That(differences.Success(), Does.StartWith("-r-x------"));
        Assert.That(new FileInfo(Path.Combine(_directory.Path, "to", "tree", "link")).LinkTarget, Is.EqualTo("leaf/run"));
    }

    [TestCase("-xf", true)]
    [TestCase("-xmf", false)]
    public async Task The_time_of_a_file_is_kept_unless_that_is_not_wanted(string option, bool isKept)
    {
        (await RunAsync($"tar cf - -C from tree | $TESTBOX tar {option} - -C to")).Success();

        var written = File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "to", "tree", "leaf", "run"));
        Assert.That(written == DateTime.UnixEpoch, Is.EqualTo(isKept));
    }

    [TestCase("tar cPf - --transform s,^,../, -C from tree | $TESTBOX tar xf - -C to", 1, "leads out of")]
    [TestCase("$TESTBOX tar cf - missing", 1, "missing: no such file or directory")]
    [TestCase("$TESTBOX tar xf - -C missing < /dev/null", 1, "no such directory")]
    [TestCase("$TESTBOX tar cf file from", 2, "archives are read from standard input")]
    [TestCase("$TESTBOX tar czf - from", 2, "option 'z'")]
    [TestCase("$TESTBOX tar cf -", 2, "needs c with a PATH, or x")]
    public async Task What_it_cannot_do_it_says(string command, int exitCode, string message)
    {
        var run = await RunAsync(command);

        Assert.That(run.ExitCode, Is.EqualTo(exitCode), run.Error);
        Assert.That(run.Error, Does.Contain(message));
    }

    private Task<ProgramRun> RunAsync(string command)
        => ProgramRun.OfAsync(
            "/bin/sh", ["-c", $"cd {_directory.Path} && {command}"],
            new Dictionary<string, string> { ["TESTBOX"] = LabCluster.Testbox }, TestContext.CurrentContext.CancellationToken);
}
