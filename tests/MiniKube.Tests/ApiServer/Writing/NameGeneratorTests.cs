using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class NameGeneratorTests
{
    [TestCase("web-", 9)]
    [TestCase("a-prefix-that-is-much-too-long-for-a-dns-label-with-its-63-characters-", 63)]
    public void A_generated_name_is_a_DNS_label_that_starts_with_the_prefix(string prefix, int length)
    {
        var name = new NameGenerator(new Random(7)).Generate(prefix);

        Assert.That(name, Has.Length.EqualTo(length));
        Assert.That(prefix, Does.StartWith(name[..Math.Min(prefix.Length, 58)]));
        Assert.That(Names.CheckDnsLabel(name), Is.Empty);
    }
}
