using MiniKube.Api;

namespace MiniKube.Tests.Api;

public sealed class HumanDurationTests
{
    private const int Minute = 60;
    private const int Hour = 60 * Minute;
    private const int Day = 24 * Hour;

    [TestCase(-2, "<invalid>")]
    [TestCase(-1, "0s")]
    [TestCase(0, "0s")]
    [TestCase(119, "119s")]
    [TestCase(120, "2m")]
    [TestCase(123, "2m3s")]
    [TestCase((10 * Minute) - 1, "9m59s")]
    [TestCase((10 * Minute) + 30, "10m")]
    [TestCase((3 * Hour) - 1, "179m")]
    [TestCase(3 * Hour, "3h")]
    [TestCase((3 * Hour) + (2 * Minute), "3h2m")]
    [TestCase(8 * Hour, "8h")]
    [TestCase((48 * Hour) - 1, "47h")]
    [TestCase(2 * Day, "2d")]
    [TestCase((2 * Day) + (5 * Hour), "2d5h")]
    [TestCase(8 * Day, "8d")]
    [TestCase(729 * Day, "729d")]
    [TestCase(730 * Day, "2y")]
    [TestCase(800 * Day, "2y70d")]
    [TestCase(9 * 365 * Day, "9y")]
    public void Durations_read_as_kubectl_writes_them(int seconds, string text)
        => Assert.That(HumanDuration.Format(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));
}
