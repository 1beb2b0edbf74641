using System.Text;
using MiniKube.ApiServer;
using MiniKube.Client;

namespace MiniKube.Tests;

public sealed class TerminalSizeTests
{
    [TestCase("""{"Width":80,"Height":24}""", true)]
    [TestCase("""{"Height":24,"Width":80}""", true)]
    [TestCase("""{"Width":80}""", false)]
    [TestCase("""{"Width":-1,"Height":24}""", false)]
    [TestCase("""{"Width":80,"Height":99999999999}""", false)]
    [TestCase("""{"Width":"80","Height":24}""", false)]
    [TestCase("""{"Width":80,"Height":24""", false)]
    [TestCase("", false)]
    [TestCase("no", false)]
    public void A_size_is_two_positive_numbers(string json, bool valid)
    {
        var parsed = TerminalSize.TryParse(Encoding.UTF8.GetBytes(json), out var size);

        Assert.That(parsed, Is.EqualTo(valid));
        Assert.That(!parsed || size == new TerminalSize(80, 24));
    }
}
