namespace MiniKube.Tests;

public sealed class JoinTokenTests
{
    private static readonly string Hash = new('a', 64);

    [Test]
    public void The_long_form_pins_the_authority_and_carries_the_credentials()
    {
        var token = JoinToken.Parse($"K10{Hash.ToUpperInvariant()}::node:s3cret:x");

        Assert.That((token.AuthorityHash, token.Credentials), Is.EqualTo((Hash, "node:s3cret:x")));
    }

    [TestCase("s3cret")]
    [TestCase("abcdef.0123456789abcdef")]
    [TestCase("node:s3cret")]
    public void The_short_forms_pin_nothing(string text)
    {
        var token = JoinToken.Parse(text);

        Assert.That((token.AuthorityHash, token.Credentials), Is.EqualTo(((string?)null, text)));
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("K10")]
    [TestCase("K10abc::node:s3cret")]
    [TestCase("K10{hash}:node:s3cret")]
    [TestCase("K10{hash}::nodes3cret")]
    [TestCase("K10{hash}::")]
    public void What_is_no_token_is_refused_without_being_repeated(string text)
    {
        var refused = Assert.Throws<CommandException>(() => JoinToken.Parse(text.Replace("{hash}", Hash, StringComparison.Ordinal)));

        Assert.That(refused!.ExitCode, Is.EqualTo(CommandException.WrongUsage));
        Assert.That(refused.Message, Does.StartWith("the token cannot be used").And.Not.Contain("s3cret"));
    }

    [Test]
    public void A_token_does_not_print_its_secret()
    {
        Assert.That(JoinToken.Parse("node:s3cret").ToString(), Does.Not.Contain("s3cret"));
    }
}
