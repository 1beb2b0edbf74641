using MiniKube.Api;

namespace MiniKube.Tests.Api;

public sealed class LabelSelectorTests
{
    [TestCase("", "")]
    [TestCase("a=b", "a=b")]
    [TestCase("a==b", "a=b")]
    [TestCase(" a = b ", "a=b")]
    [TestCase("a!=b", "a!=b")]
    [TestCase("a", "a")]
    [TestCase("!a", "!a")]
    [TestCase("! a", "!a")]
    [TestCase("a=", "a=")]
    [TestCase("a=,b", "a=,b")]
    [TestCase("b,a", "a,b")]
    [TestCase("a in (c,b)", "a in (b,c)")]
    [TestCase("a in(b)", "a=b")]
    [TestCase("a notin (b,c)", "a notin (b,c)")]
    [TestCase("a in (,b)", "a in (,b)")]
    [TestCase("a in (b,)", "a in (,b)")]
    [TestCase("in in (in)", "in=in")]
    [TestCase("a>1,b<2", "a>1,b<2")]
    [TestCase("app.kubernetes.io/name=web", "app.kubernetes.io/name=web")]
    public void Text_is_read_as_kubectl_writes_it(string text, string normalized)
        => Assert.That(LabelSelector.Parse(text).ToString(), Is.EqualTo(normalized));

    [TestCase("a=b=c", "found '=', expected: ',' or 'end of string'")]
    [TestCase("a=b c=d", "found 'c', expected: ',' or 'end of string'")]
    [TestCase(",a", "found ',', expected: !, identifier, or 'end of string'")]
    [TestCase("a,", "found '', expected: identifier after ','")]
    [TestCase("a,,b", "found ',', expected: identifier after ','")]
    [TestCase("!", "unable to parse requirement: found '', expected: identifier")]
    [TestCase("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [TestCase("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [TestCase("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [TestCase("a>b",
        "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [TestCase("a in ()",
        "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty")]
    public void Malformed_text_is_refused_in_the_words_of_kubernetes(string text, string problem)
    {
        var parsed = LabelSelector.TryParse(text, out _, out var found);

        Assert.That(parsed, Is.False);
        Assert.That(found, Is.EqualTo(problem));
    }

    [TestCase("-a=b", "name part must consist of")]
    [TestCase("a/b/c=d", "a qualified name must consist of")]
    [TestCase("a=b_", "values[0][a]: Invalid value: \"b_\": a valid label must be")]
    public void Bad_keys_and_values_are_named(string text, string part)
    {
        var failure = Assert.Throws<ApiException>(() => LabelSelector.Parse(text))!;

        Assert.That(failure.Reason, Is.EqualTo(StatusReason.BadRequest));
        Assert.That(failure.Message, Does.Contain(part));
    }

    [TestCase("app=web", true)]
    [TestCase("app!=web", false)]
    [TestCase("tier!=db", true)]
    [TestCase("app in (web,api),!tier", true)]
    [TestCase("app notin (api)", true)]
    [TestCase("size>4", true)]
    [TestCase("size>5", false)]
    [TestCase("size<6", true)]
    [TestCase("app>1", false)]
    [TestCase("missing<1", false)]
    [TestCase("missing", false)]
    public void Selector_matches_what_it_says(string text, bool matches)
    {
        var labels = new Dictionary<string, string> { ["app"] = "web", ["size"] = "5" };

        Assert.That(LabelSelector.Parse(text).Matches((IReadOnlyDictionary<string, string>)labels), Is.EqualTo(matches));
    }
}
