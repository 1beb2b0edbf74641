using System.Text.RegularExpressions;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>What docs/STYLE.md marks as tidy, checked on the text of every source file.</summary>
public sealed partial class SourceTests
{
    private const int LineLengthMax = 140; // 120 is the aim; URLs and long messages may stand out a little.
    private const int FileLinesMax = 400;

    private static IEnumerable<string> Sources => RepositoryFiles.Below("src", ".cs").Concat(RepositoryFiles.Below("tests", ".cs"));

    private static IEnumerable<string> Product => RepositoryFiles.Below("src", ".cs");

    [Test]
    public void No_line_is_too_long() => AssertNone(
        Sources, (_, line) => line.Length > LineLengthMax && !line.Contains("\"\"\"", StringComparison.Ordinal));

    [Test]
    public void No_file_is_too_long()
    {
        var long_ = Sources.Where(file => File.ReadLines(RepositoryFiles.PathOf(file)).Count() > FileLinesMax);

        Assert.That(long_, Is.Empty, $"more than {FileLinesMax} lines; would two rooms read better?");
    }

    [Test]
    public void No_unfinished_work_is_merged() => AssertNone(
        Product, (_, line) => UnfinishedPattern().IsMatch(line));

    [Test]
    public void No_task_is_left_without_an_owner() => AssertNone(
        Product, (_, line) => OrphanPattern().IsMatch(line));

    [Test]
    public void Log_events_are_declared_and_not_written_inline() => AssertNone(
        Product, (_, line) => InlineLogPattern().IsMatch(line));

    [Test]
    public void No_test_is_switched_off_or_repeated_until_it_passes() => AssertNone(
        RepositoryFiles.Below("tests", "Tests.cs"), (_, line) => SwitchedOffPattern().IsMatch(line));

    [Test]
    public void Every_log_event_has_a_number_of_its_own()
    {
        var numbers = Product
            .SelectMany(file => LogEventPattern().Matches(File.ReadAllText(RepositoryFiles.PathOf(file))))
            .Select(match => match.Groups[1].Value);

        var twice = numbers.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key);

        Assert.That(twice, Is.Empty);
    }

    private static void AssertNone(IEnumerable<string> files, Func<string, string, bool> isWrong)
    {
        var wrong = files.SelectMany(file => File.ReadLines(RepositoryFiles.PathOf(file))
            .Select((line, index) => (Line: line, Number: index + 1))
            .Where(one => isWrong(file, one.Line))
            .Select(one => $"{file}:{one.Number}: {one.Line.Trim()}"));

        Assert.That(wrong, Is.Empty);
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex UnfinishedPattern();

    [GeneratedRegex(@"_ = Task\.Run|async void")]
    private static partial Regex OrphanPattern();

    [GeneratedRegex(@"[lL]ogger\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex InlineLogPattern();

    [GeneratedRegex(@"\[(Ignore|Explicit|Retry)\b")]
    private static partial Regex SwitchedOffPattern();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId = )?(\d+)")]
    private static partial Regex LogEventPattern();
}
