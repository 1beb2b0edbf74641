using System.Text;
using System.Text.Json.Nodes;

namespace MiniKube.Tests;

public sealed class TokenRunTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase("abcdef")]
    [TestCase("abcdef.0123456789abcdef")]
    [TestCase("K10aa::abcdef:0123456789abcdef")]
    public void A_token_to_delete_may_be_pasted_in_any_form(string token)
    {
        Assert.That(TokenRun.IdOf(token), Is.EqualTo("abcdef"));
    }

    [TestCase("node")]
    [TestCase("ABCDEF")]
    [TestCase("")]
    [TestCase("../etc")]
    public void What_is_no_token_is_not_asked_for(string token)
    {
        Assert.That(() => TokenRun.IdOf(token), Throws.TypeOf<CommandException>());
    }

    [TestCase("2026-01-02T12:00:00Z", "24h")]
    [TestCase("2026-01-01T11:00:00Z", "<expired>")]
    [TestCase("sometime", "<expired>")]
    public void A_row_says_how_long_a_token_is_good(string expiration, string left)
    {
        var data = new JsonObject
        {
            ["token-id"] = Encode("abcdef"),
            ["token-secret"] = Encode("0123456789abcdef"),
            ["expiration"] = Encode(expiration),
            ["usage-bootstrap-authentication"] = Encode("true"),
            ["usage-bootstrap-signing"] = Encode("false"),
            ["description"] = Encode("for the lab"),
        };

        Assert.That(TokenRun.Row(data, Now), Is.EqualTo(["abcdef", left, expiration, "authentication", "for the lab"]));
    }

    [Test]
    public void A_token_without_an_end_says_so()
    {
        var data = new JsonObject { ["token-id"] = Encode("abcdef") };

        Assert.That(TokenRun.Row(data, Now), Is.EqualTo(["abcdef", "<forever>", "<never>", "", ""]));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
