using MiniKube.Api;

namespace MiniKube.Tests.Api;

public sealed class FieldSelectorTests
{
    [TestCase("", "")]
    [TestCase("metadata.name=a", "metadata.name=a")]
    [TestCase("metadata.name==a", "metadata.name=a")]
    [TestCase("a=b,c!=d", "a=b,c!=d")]
    [TestCase("a=", "a=")]
    [TestCase(@"a=b\,c\=d\\e", @"a=b\,c\=d\\e")]
    [TestCase("a=b,", "a=b")]
    public void Text_is_read_as_kubectl_writes_it(string text, string normalized)
        => Assert.That(FieldSelector.Parse(text).ToString(), Is.EqualTo(normalized));

    [TestCase("a", "a")]
    [TestCase("a=b=c", "a=b=c")]
    [TestCase(@"a=\b", @"a=\b")]
    [TestCase("x=1,zzz", "zzz")]
    public void Malformed_text_is_refused(string text, string term)
    {
        var failure = Assert.Throws<ApiException>(() => FieldSelector.Parse(text))!;

        Assert.That(failure.Code, Is.EqualTo(400));
        Assert.That(failure.Message, Is.EqualTo($"invalid selector: '{text}'; can't understand '{term}'"));
    }

    [TestCase("spec.nodeName=n1", true)]
    [TestCase("spec.nodeName!=n1", false)]
    [TestCase("spec.nodeName=n1,status.phase!=Running", true)]
    [TestCase("status.phase=", true)]
    public void Selector_matches_what_it_says(string text, bool matches)
    {
        var selector = FieldSelector.Parse(text);

        Assert.That(selector.Matches(field => field == "spec.nodeName" ? "n1" : ""), Is.EqualTo(matches));
    }

    [Test]
    public void A_required_value_can_be_asked_for()
    {
        var selector = FieldSelector.Parse("a!=b,metadata.name=web");

        Assert.That(selector.RequiredValue("metadata.name"), Is.EqualTo("web"));
        Assert.That(selector.RequiredValue("a"), Is.Null);
    }
}
