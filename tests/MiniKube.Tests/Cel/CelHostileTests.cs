using System.Text.Json;
using MiniKube.Cel;

namespace MiniKube.Tests.Cel;

public sealed class CelHostileTests
{
    private const string Exceeded = "operation cancelled: actual cost limit exceeded";

    private static readonly string[] Pieces =
    [
        "self", "x", "1", "2.5", "'a'", "null", "true", ".", ".?", "[", "]", "(", ")", "{", "}", ",", ":", "?",
        "&&", "||", "+", "-", "!", "in",
        "==", "<", ".all(x,", ".map(x,", ".size()", "has(", "optional.of(", ".matches('a*')",
        "\"", "\\", "😀", "9223372036854775808", "b'\\xff'",
    ];

    [TestCase("(", ")")]
    [TestCase("[", "]")]
    [TestCase("-", "")]
    [TestCase("!-", "")]
    [TestCase("1+(", ")")]
    [TestCase("true?1:", "")]
    [TestCase("{1:", "}")]
    public void Deep_nesting_is_refused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 5_000)) + "x" + string.Concat(Enumerable.Repeat(close, 5_000));

        Assert.That(() => new CelEnvironment("x").Compile(text), open == "-" ? Throws.Nothing : Throws.TypeOf<CelCompileException>());
    }

    [TestCase("1", "+1")]
    [TestCase("x", ".a")]
    [TestCase("x", "[0]")]
    public void Long_chains_are_refused(string first, string link)
        => Assert.That(
            () => new CelEnvironment("x").Compile(first + string.Concat(Enumerable.Repeat(link, 5_000))),
            Throws.TypeOf<CelCompileException>().With.Message.Contains("recursion limit"));

    [Test]
    public void A_thousand_terms_of_or_are_one_level()
        => Assert.That(CelTests.Run(string.Join(" || ", Enumerable.Repeat("self.replicas == 9", 1_000))).Value, Is.EqualTo(false));

    [TestCase("self.all(a, self.all(b, self.all(c, a + b + c >= 0)))")]
    [TestCase("self.map(a, self.map(b, self.map(c, 'text'))).size() > 0")]
    public void Nested_loops_end_at_the_budget(string expression)
    {
        using var numbers = JsonDocument.Parse($"[{string.Join(',', Enumerable.Range(0, 2_000))}]");
        var budget = new CelBudget(CelBudget.PerRequest);

        var result = new CelEnvironment("self").Compile(expression).Evaluate([numbers.RootElement], budget, CancellationToken.None);

        Assert.That(result.Error, Is.EqualTo(Exceeded));
        Assert.That(budget.Remaining, Is.LessThan(CelBudget.PerRequest));
    }

    [TestCase("'aaaaaaaaaaaaaaaa'", "x + x")]
    [TestCase("[1, 2, 3]", "x + x")]
    public void Doubling_ends_at_the_budget(string seed, string step)
    {
        var text = $"[{seed}]" + string.Concat(Enumerable.Repeat($".map(x, {step})", 60));

        Assert.That(CelTests.Run(text).Error, Is.EqualTo(Exceeded));
    }

    [Test]
    public void Comparing_shared_lists_ends_at_the_budget()
    {
        var shared = "[[1]]" + string.Concat(Enumerable.Repeat(".map(x, [x, x])", 60));

        Assert.That(CelTests.Run($"{shared} == {shared}").Error, Is.EqualTo(Exceeded));
    }

    [TestCase("'aaaa'.matches('(a+)+$')", null)]
    [TestCase("'a'.matches('(')", "error parsing regexp")]
    [TestCase("'a'.matches('(a)\\\\1')", "error parsing regexp")]
    [TestCase("'a'.matches('((a{1000}){1000}){1000}')", "error parsing regexp")]
    public void Patterns_are_linear_or_refused(string expression, string? error)
        => Assert.That(CelTests.Run(expression).Error, error is null ? Is.Null : Does.StartWith(error));

    [Test]
    public void A_cancelled_evaluation_stops()
    {
        var program = new CelEnvironment("self").Compile("[1].all(x, true)");

        Assert.That(
            () => program.Evaluate([null], new CelBudget(CelBudget.PerRequest), new CancellationToken(true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Random_texts_are_refused_or_evaluated(int seed)
    {
        var random = new Random(seed);
        var evaluated = 0;

        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            try
            {
                CelTests.Run(text);
                evaluated++;
            }
            catch (CelCompileException refused)
            {
                Assert.That(refused.Issue.Column, Is.Positive, text);
            }
        }

        Assert.That(evaluated, Is.Positive);
    }
}
