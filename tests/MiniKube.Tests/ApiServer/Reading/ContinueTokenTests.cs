using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class ContinueTokenTests
{
    [TestCase("default", "web-1")]
    [TestCase("", "node-1")]
    public void A_token_comes_back_as_it_was_given_out(string space, string name)
    {
        var token = new ContinueToken(new Revision(42), new ObjectKey(space, name));

        var parsed = ContinueToken.TryParse(token.ToString(), out var back);

        Assert.That(parsed, Is.True);
        Assert.That(back, Is.EqualTo(token));
    }

    [TestCase("x")]
    [TestCase("!!!!")]
    [TestCase("eyJ2IjoibWV0YSJ9")]
    [TestCase("MDovYQ", Description = "revision 0")]
    [TestCase("NToveA==", Description = "padded")]
    public void Anything_else_is_refused_or_harmless(string text)
    {
        var parsed = ContinueToken.TryParse(text, out var token);

        Assert.That(!parsed || token.Revision > Revision.Zero, Is.True);
    }

    [Test]
    public void A_huge_token_is_refused()
        => Assert.That(ContinueToken.TryParse(new string('A', 5_000), out _), Is.False);
}
