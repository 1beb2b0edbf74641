using MiniKube.Api;

namespace MiniKube.Tests.Api;

public sealed class NamesTests
{
    private static readonly string Letters63 = new('a', 63);

    [TestCase("a", true)]
    [TestCase("my-name", true)]
    [TestCase("123-abc", true)]
    [TestCase("", false)]
    [TestCase("-a", false)]
    [TestCase("a-", false)]
    [TestCase("A", false)]
    [TestCase("a.b", false)]
    [TestCase("a_b", false)]
    public void Dns_labels_are_lower_case_letters_digits_and_inner_dashes(string text, bool valid)
        => Assert.That(Names.CheckDnsLabel(text), valid ? Is.Empty : Has.Count.EqualTo(1));

    [Test]
    public void Lengths_end_where_kubernetes_ends_them()
    {
        Assert.That(Names.CheckDnsLabel(Letters63), Is.Empty);
        Assert.That(Names.CheckDnsLabel(Letters63 + "a"), Is.EqualTo(new[] { "must be no more than 63 bytes" }));
        Assert.That(Names.CheckDnsSubdomain(new string('a', 253)), Is.Empty);
        Assert.That(Names.CheckDnsSubdomain(new string('a', 254)), Is.EqualTo(new[] { "must be no more than 253 bytes" }));
        Assert.That(Names.CheckLabelValue(Letters63 + "!"), Has.Count.EqualTo(2));
    }

    [TestCase("example.com", true)]
    [TestCase("a", true)]
    [TestCase("a..b", false)]
    [TestCase(".a", false)]
    [TestCase("a.", false)]
    [TestCase("a.-b", false)]
    public void Subdomains_are_labels_joined_by_dots(string text, bool valid)
        => Assert.That(Names.IsDnsSubdomain(text), Is.EqualTo(valid));

    [TestCase("1a", false)]
    [TestCase("a1", true)]
    public void Service_names_start_with_a_letter(string text, bool valid)
        => Assert.That(Names.CheckDns1035Label(text).Count == 0, Is.EqualTo(valid));

    [TestCase("app", "")]
    [TestCase("example.com/My_name.1", "")]
    [TestCase("/a", "prefix part must be non-empty")]
    [TestCase("a/", "name part must be non-empty")]
    [TestCase("A.b/c", "prefix part a lowercase RFC 1123 subdomain")]
    [TestCase("a b", "name part must consist of")]
    [TestCase("a/b/c", "a qualified name must consist of")]
    public void Qualified_names_say_which_part_is_wrong(string text, string problem)
    {
        var problems = Names.CheckQualifiedName(text);

        Assert.That(problems, problem.Length == 0 ? Is.Empty : Has.Some.StartsWith(problem));
    }

    [TestCase("http", true)]
    [TestCase("1", false)]
    [TestCase("a--b", false)]
    [TestCase("-a", false)]
    [TestCase("abcdefghijklmnop", false)]
    [TestCase("HTTP", false)]
    public void Port_names_are_iana_service_names(string text, bool valid)
        => Assert.That(Names.CheckPortName(text).Count == 0, Is.EqualTo(valid));

    [TestCase("key.name", true)]
    [TestCase(".hidden", true)]
    [TestCase(".", false)]
    [TestCase("..", false)]
    [TestCase("..data", false)]
    [TestCase("a/b", false)]
    [TestCase("", false)]
    public void Config_keys_are_names_of_files(string text, bool valid)
        => Assert.That(Names.CheckConfigKey(text).Count == 0, Is.EqualTo(valid));

    [TestCase("10.0.0.1", true)]
    [TestCase("2001:db8::1", true)]
    [TestCase("10.0.0", false)]
    [TestCase("010.0.0.1", false)]
    [TestCase("fe80::1%eth0", false)]
    [TestCase("web", false)]
    public void Addresses_are_plain_ones(string text, bool valid)
        => Assert.That(Names.CheckIPAddress(text).Count == 0, Is.EqualTo(valid));

    [TestCase("10.0.0.0/8", true)]
    [TestCase("10.0.0.0/33", false)]
    [TestCase("10.0.0.0", false)]
    [TestCase("::/0", true)]
    public void Networks_have_a_prefix_length(string text, bool valid)
        => Assert.That(Names.CheckCidr(text).Count == 0, Is.EqualTo(valid));
}
