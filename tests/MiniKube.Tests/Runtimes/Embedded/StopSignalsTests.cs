using MiniKube.Runtimes;

namespace MiniKube.Tests;

public sealed class StopSignalsTests
{
    [TestCase(null, 15)]
    [TestCase("", 15)]
    [TestCase("SIGQUIT", 3)]
    [TestCase("quit", 3)]
    [TestCase("SIGWINCH", 28)]
    [TestCase("9", 9)]
    [TestCase("SIGRTMIN+3", 37)]
    [TestCase("SIGRTMIN+99", 15)]
    [TestCase("0", 15)]
    [TestCase("nonsense", 15)]
    public void A_signal_is_known_by_name_and_number(string? name, int expected)
        => Assert.That(StopSignals.Parse(name), Is.EqualTo(expected));
}
