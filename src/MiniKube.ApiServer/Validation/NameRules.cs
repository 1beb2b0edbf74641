using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rule for a kind's names, applied.</summary>
internal static class NameRules
{
    public static IReadOnlyList<string> Check(NameRule rule, string name) => rule switch
    {
        NameRule.DnsLabel => Names.CheckDnsLabel(name),
        NameRule.Dns1035Label => Names.CheckDns1035Label(name),
        NameRule.PathSegment => Names.CheckPathSegment(name),
        _ => Names.CheckDnsSubdomain(name),
    };
}
