using System.Net;
using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>
/// Decides what the cluster says to a question, from the directory as it is now.
/// https://github.com/kubernetes/dns/blob/master/docs/specification.md
/// </summary>
internal sealed class ClusterAnswerer(ClusterZone zone, NameDirectory directory)
{
    // A chain of ExternalNames inside the cluster ends here; a longer one is taken for a circle.
    private const int AliasesMax = 8;

    private readonly ServiceRecords _services = new(zone, directory);

    /// <summary>Null when the name is none of the cluster's: others know.</summary>
    /// <param name="labels">The name, in lower case.</param>
    /// <param name="type">Any type; ANY is every record there is (RFC 8482 lets us choose).</param>
    public ClusterAnswer? Answer(ReadOnlySpan<string> labels, DnsType type)
        => zone.FindRelative(labels) is { } relative ? AnswerForward(relative, type) : AnswerReverse(labels, type);

    private ClusterAnswer AnswerForward(string[] relative, DnsType type)
    {
        var answer = new ClusterAnswer();
        for (var aliases = 0; aliases < AliasesMax; aliases++)
        {
            var found = Find(relative);
            Take(answer, found, zone.Domain, type);
            if (found?.Alias is not { } alias || type is DnsType.CNAME or DnsType.ANY)
            {
                return answer;
            }

            answer.Authorities.Clear();
            answer.Answers.AddRange(found.Records.Except(answer.Answers));
            if (zone.FindRelative(alias.Split('.')) is not { } next)
            {
                answer.ContinuesAt = alias;
                return answer;
            }

            relative = next;
        }

        return new ClusterAnswer { Status = DnsStatus.ServerFailure };
    }

    private RecordsOfName? Find(ReadOnlySpan<string> relative) => relative switch
    {
        [] => new RecordsOfName
        {
            Records = [zone.Authority(zone.Domain, directory.Version), zone.NameServer(zone.Domain)],
            Helpful = [RecordsOfName.Address(zone.NameOf("ns", "dns"), zone.Server)],
        },
        ["dns-version"] => new RecordsOfName { Records = [zone.SchemaVersion()] },
        ["dns"] => RecordsOfName.Nothing,
        ["ns", "dns"] => RecordsOfName.Addresses(zone.NameOf("ns", "dns"), [zone.Server]),
        [.. var service, "svc"] => _services.Find(service),
        [.. var pod, "pod"] => FindPod(pod),
        _ => null,
    };

    /// <summary>Any address in any namespace that exists: <c>10-42-0-7.default</c> (specification, 2.6).</summary>
    private RecordsOfName? FindPod(ReadOnlySpan<string> labels) => labels switch
    {
        [] => RecordsOfName.Nothing,
        [var space] when directory.HasNamespace(space) => RecordsOfName.Nothing,
        [var dashed, var space] when directory.HasNamespace(space) && DashedAddress.TryParse(dashed, out var address)
            => RecordsOfName.Addresses(zone.NameOf(dashed, space, "pod"), [address]),
        _ => null,
    };

    private ClusterAnswer? AnswerReverse(ReadOnlySpan<string> labels, DnsType type)
    {
        if (!ReverseName.TryParse(labels, out var prefix))
        {
            return null;
        }

        var reverseZone = zone.ReverseZoneOf(prefix);
        var names = prefix.Length is 4 or 16 ? directory.NamesOf(new IPAddress(prefix)) : [];
        if (reverseZone is null && names.IsEmpty)
        {
            return null; // An address outside our ranges may have names that others know.
        }

        var owner = new DomainName(labels.ToArray());
        var records = names.Select(name => (ResourceRecord)new PTRRecord
        {
            Name = owner,
            DomainName = zone.NameOf(name.Split('.')),
            TTL = ClusterZone.TimeToLive,
        });
        var isApex = reverseZone?.Length == labels.Length;
        var found = new RecordsOfName
        {
            Records = isApex ? [zone.Authority(reverseZone!, directory.Version), zone.NameServer(reverseZone!)] : [.. records],
        };
        var exists = isApex || found.Records.Count > 0 || prefix.Length < 4;
        var answer = new ClusterAnswer();
        Take(answer, exists ? found : null, reverseZone ?? zone.Domain, type);
        return answer;
    }

    /// <summary>The records of the type; none, and then who says so: RFC 2308, section 2.</summary>
    private void Take(ClusterAnswer answer, RecordsOfName? found, string[] ofZone, DnsType type)
    {
        var wanted = found?.Records.Where(record => type == DnsType.ANY || record.Type == type).ToList() ?? [];
        answer.Answers.AddRange(wanted);
        answer.Status = found is null ? DnsStatus.NameError : DnsStatus.NoError;
        if (wanted.Count == 0)
        {
            answer.Authorities.Add(zone.Authority(ofZone, directory.Version));
            return;
        }

        if (type is DnsType.SRV or DnsType.NS or DnsType.ANY)
        {
            answer.Additionals.AddRange(found!.Helpful);
        }
    }
}
