using System.Text;
using MiniKube.Runtimes;
using MiniKube.Testing;

namespace MiniKube.Tests;

[Platform("Linux")]
public sealed class ContainerLogTests : IDisposable
{
    private const int PatienceMs = 10_000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(PatienceMs)]
    public async Task Parts_of_a_line_are_put_together(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "P", "long "), Entry(2, "F", "line"), Entry(3, "F", ""));

        Assert.That(await ReadAsync(new LogQuery(), cancellationToken), Is.EqualTo("long line\n\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_time_stands_before_each_line_and_not_before_its_parts(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "P", "a"), Entry(2, "F", "b"));

        var log = await ReadAsync(new LogQuery { Timestamps = true }, cancellationToken);

        Assert.That(log, Is.EqualTo("2026-01-01T00:00:01.000000000Z ab\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Rotated_files_are_read_first_and_damaged_lines_are_left_out(CancellationToken cancellationToken)
    {
        Write("log.2", Entry(1, "F", "one"));
        Write("log.1", Entry(2, "F", "two"), "torn\n");
        Write("log", Entry(3, "F", "three"));

        Assert.That(await ReadAsync(new LogQuery(), cancellationToken), Is.EqualTo("one\ntwo\nthree\n"));
    }

    [TestCase(0, "")]
    [TestCase(1, "three\n")]
    [TestCase(2, "a two\nthree\n")]
    [TestCase(3, "one\na two\nthree\n")]
    [TestCase(100, "one\na two\nthree\n")]
    [CancelAfter(PatienceMs)]
    public async Task The_tail_counts_whole_lines_over_all_files(int lines, string expected, CancellationToken cancellationToken)
    {
        Write("log.1", Entry(1, "F", "one"), Entry(2, "P", "a "));
        Write("log", Entry(3, "F", "two"), Entry(4, "F", "three"));

        Assert.That(await ReadAsync(new LogQuery { TailLines = lines }, cancellationToken), Is.EqualTo(expected));
    }

    [TestCase(1)]
    [TestCase(7_000)]
    [TestCase(20_000)]
    [CancelAfter(PatienceMs)]
    public async Task The_tail_of_a_large_file_is_exact(int lines, CancellationToken cancellationToken)
    {
        Write("log", [.. Enumerable.Range(1, 20_000).Select(number => Entry(number % 60, "F", $"line {number}"))]);

        var log = (await ReadAsync(new LogQuery { TailLines = lines }, cancellationToken)).Split('\n')[..^1];

        Assert.That(log, Has.Length.EqualTo(lines));
        Assert.That(log[0], Is.EqualTo($"line {20_001 - lines}"));
        Assert.That(log[^1], Is.EqualTo("line 20000"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Only_what_was_written_since_a_time_is_shown(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "F", "old"), Entry(2, "F", "new"));
        var since = new DateTimeOffset(2026, 1, 1, 0, 0, 2, TimeSpan.Zero);

        Assert.That(await ReadAsync(new LogQuery { Since = since }, cancellationToken), Is.EqualTo("new\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Following_goes_on_over_rotations_to_the_end(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "F", "one"));
        var steps = 0;
        Task<LogState> WaitForMore(LogState known)
        {
            steps++;
            if (steps == 2)
            {
                Write("log", Entry(2, "F", "two"));
            }
            else if (steps == 3)
            {
                Write("log", Entry(3, "F", "three"));
                File.Move(_directory.At("log"), _directory.At("log.1"));
                Write("log", Entry(4, "F", "four"));
            }

            return Task.FromResult(new LogState(0, steps, Ended: steps == 3));
        }

        using var output = new MemoryStream();
        await new ContainerLog(_directory.Path, new LogQuery { Follow = true }).CopyAsync(output, false, WaitForMore, cancellationToken);

        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo("one\ntwo\nthree\nfour\n"));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task Following_misses_nothing_when_the_log_is_rotated_twice_at_once(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "F", "one"));
        var steps = 0;
        Task<LogState> WaitForMore(LogState known)
        {
            steps++;
            if (steps == 2)
            {
                Write("log", Entry(2, "F", "two"));
                Rotate();
                Write("log", Entry(3, "F", "three"));
                Rotate();
                Write("log", Entry(4, "F", "four"));
            }

            return Task.FromResult(new LogState(steps, 0, Ended: steps == 2));
        }

        using var output = new MemoryStream();
        await new ContainerLog(_directory.Path, new LogQuery { Follow = true }).CopyAsync(output, false, WaitForMore, cancellationToken);

        Assert.That(Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo("one\ntwo\nthree\nfour\n"));

        void Rotate()
        {
            if (File.Exists(_directory.At("log.1")))
            {
                File.Move(_directory.At("log.1"), _directory.At("log.2"));
            }

            File.Move(_directory.At("log"), _directory.At("log.1"));
        }
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_limit_cuts_in_the_middle_of_a_line(CancellationToken cancellationToken)
    {
        Write("log", Entry(1, "F", "one"), Entry(2, "F", "two"));

        Assert.That(await ReadAsync(new LogQuery { LimitBytes = 6 }, cancellationToken), Is.EqualTo("one\ntw"));
    }

    [TestCase(true, new string[0], false)]
    [TestCase(true, new[] { "log.1" }, false)]
    [TestCase(false, new[] { "log.1" }, true)]
    [TestCase(true, new[] { "log.1", "log" }, true)]
    [CancelAfter(PatienceMs)]
    public async Task A_log_that_is_being_removed_is_none(
        bool hasEnded, string[] files, bool expected, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            Write(file, Entry(1, "F", file));
        }

        using var output = new MemoryStream();
        var isThere = await new ContainerLog(_directory.Path, new LogQuery()).CopyAsync(output, hasEnded, null, cancellationToken);

        Assert.That((isThere, output.Length > 0), Is.EqualTo((expected, expected)));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task A_log_whose_folder_is_gone_is_none(CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var log = new ContainerLog(_directory.At("gone"), new LogQuery { TailLines = 5 });

        Assert.That(await log.CopyAsync(output, hasEnded: true, waitForMore: null, cancellationToken), Is.False);
    }

    private static string Entry(int second, string tag, string text) => $"2026-01-01T00:00:{second:D2}.000000000Z stdout {tag} {text}\n";

    private void Write(string name, params string[] lines) => File.AppendAllText(_directory.At(name), string.Concat(lines));

    private async Task<string> ReadAsync(LogQuery query, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await new ContainerLog(_directory.Path, query).CopyAsync(output, hasEnded: true, waitForMore: null, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
