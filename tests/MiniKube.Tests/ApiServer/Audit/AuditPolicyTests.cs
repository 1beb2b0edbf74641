using System.Text;
using Microsoft.Extensions.Time.Testing;
using MiniKube.ApiServer;
using MiniKube.Testing;
using MiniKube.Tests.ApiServer;

namespace MiniKube.Tests;

/// <summary>Which rule of a policy has its say, and where the log's lines go.</summary>
public sealed class AuditPolicyTests
{
    private const string Head = """{"apiVersion":"audit.k8s.io/v1","kind":"Policy","omitStages":["RequestReceived"],"rules":[""";

    private static readonly UserInfo Bob = new("bob", ["devs", UserInfo.Authenticated]);

    [TestCase("""{"level":"Metadata"}""", true)]
    [TestCase("""{"level":"Metadata","users":["bob"],"userGroups":["x","devs"],"verbs":["get"]}""", true)]
    [TestCase("""{"level":"Metadata","users":["alice"]}""", false)]
    [TestCase("""{"level":"Metadata","userGroups":["ops"]}""", false)]
    [TestCase("""{"level":"Metadata","verbs":["list"]}""", false)]
    [TestCase("""{"level":"Metadata","namespaces":["default"]}""", true)]
    [TestCase("""{"level":"Metadata","namespaces":[""]}""", false)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["pods"]}]}""", false)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["pods/status"]}]}""", true)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["pods/*"]}]}""", true)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["*/status"]}]}""", true)]
    [TestCase("""{"level":"Metadata","resources":[{"group":""}]}""", true)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"apps"}]}""", false)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["*"],"resourceNames":["a"]}]}""", true)]
    [TestCase("""{"level":"Metadata","resources":[{"group":"","resources":["*"],"resourceNames":["b"]}]}""", false)]
    [TestCase("""{"level":"Metadata","nonResourceURLs":["*"]}""", false)]
    public void A_rule_matches_what_Kubernetes_says_it_does(string rule, bool isTold)
    {
        var policy = Parse($"{Head}{rule}]}}");
        var pods = Catalog.Kinds.Single(static kind => kind.Definition.Gvr.GroupResource == "pods").Definition;

        var verdict = policy.Decide(new AuditSubject(
            Bob, "get", new ResourceRequest(Bob, Verb.Get, pods, "default", "a", "status"), "/api/v1/namespaces/default/pods/a/status"));

        Assert.That(verdict.Level, Is.EqualTo(isTold ? AuditLevel.Metadata : AuditLevel.None));
        Assert.That(verdict.Omitted, isTold ? Is.EqualTo([AuditStage.RequestReceived]) : Is.Empty);
    }

    [TestCase("/healthz", "/healthz*", true)]
    [TestCase("/healthz/ping", "/healthz*", true)]
    [TestCase("/healthz/ping", "/healthz", false)]
    public void Paths_match_as_a_whole_or_up_to_a_star(string path, string pattern, bool isTold)
    {
        var policy = Parse($$"""{{Head}}{"level":"Request","nonResourceURLs":["{{pattern}}"]}]}""");

        var verdict = policy.Decide(new AuditSubject(Bob, "get", null, path));

        Assert.That(verdict.Level, Is.EqualTo(isTold ? AuditLevel.Request : AuditLevel.None));
    }

    [TestCase("""{"apiVersion":"v1","kind":"Policy","rules":[{"level":"None"}]}""", "audit.k8s.io/v1")]
    [TestCase(Head + """{"level":"Loud"}]}""", "rules[0].level: Unsupported value: \"Loud\"")]
    [TestCase(Head + """{"level":"None","verb":["get"]}]}""", "unknown field rules[0].verb")]
    [TestCase(Head + """{"level":"None","namespaces":["a"],"nonResourceURLs":["/"]}]}""", "rules cannot apply to both")]
    [TestCase(Head + "]}", "no rules")]
    public void A_policy_that_is_none_says_where(string json, string expected)
        => Assert.That(() => Parse(json), Throws.InstanceOf<FormatException>().With.Message.Contains(expected));

    [Test]
    public void A_full_log_is_renamed_and_only_so_many_are_kept()
    {
        using var directory = new TemporaryDirectory();
        var time = new FakeTimeProvider();
        var options = new AuditOptions
        {
            PolicyFile = "", LogPath = directory.At("logs/audit.log"), SizeMaxMebibytes = 1, BackupsMax = 2,
        };
        using (var file = new AuditFile(options, time))
        {
            for (var at = 0; at < 5; at++)
            {
                file.Append(Encoding.ASCII.GetBytes(new string((char)('0' + at), 700 * 1024)));
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        var files = Directory.GetFiles(directory.At("logs")).Order(StringComparer.Ordinal).ToArray();
        Assert.That(files.Select(static one => File.ReadAllText(one)[0]), Is.EqualTo(['2', '3', '4']));
        Assert.That(Path.GetFileName(files[^1]), Is.EqualTo("audit.log"));
        Assert.That(File.GetUnixFileMode(files[^1]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    private static AuditPolicy Parse(string json) => AuditPolicy.Parse(Encoding.UTF8.GetBytes(json));
}
