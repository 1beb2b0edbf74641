using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class ServiceAccountTokenTests
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";

    private static readonly TokenClaims Robot = new("team", new BoundObject("robot", "uid-1"));

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("minikube-tokens-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<(Type, ObjectKey), string> _uids = new()
    {
        [(typeof(V1ServiceAccount), new ObjectKey("team", "robot"))] = "uid-1",
        [(typeof(V1Pod), new ObjectKey("team", "web"))] = "uid-2",
        [(typeof(V1Secret), new ObjectKey("team", "old"))] = "uid-3",
    };

    private DateTimeOffset InAnHour => _time.GetUtcNow().AddHours(1);

    [TearDown]
    public void Remove() => _directory.Delete(recursive: true);

    [Test]
    public void A_token_is_its_account_until_it_expires()
    {
        var tokens = Tokens();
        var token = tokens.Issue(Robot, [Issuer], InAnHour);

        var user = tokens.Find(token);
        _time.Advance(TimeSpan.FromMinutes(59));
        var later = tokens.Find(token);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(user!.Name, Is.EqualTo("system:serviceaccount:team:robot"));
        Assert.That(user.Uid, Is.EqualTo("uid-1"));
        Assert.That(user.Groups, Is.EqualTo(new[] { "system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated" }));
        Assert.That(later, Is.Not.Null);
        Assert.That(tokens.Find(token), Is.Null);
    }

    [Test]
    public void A_token_is_void_when_what_it_is_bound_to_is_another_one_by_now()
    {
        var tokens = Tokens();
        var plain = tokens.Issue(Robot, [Issuer], InAnHour);
        var bound = tokens.Issue(Robot with { Pod = new BoundObject("web", "uid-2") }, [Issuer], InAnHour);
        var before = tokens.Find(bound);

        _uids[(typeof(V1Pod), new ObjectKey("team", "web"))] = "uid-9";
        var whenThePodIsGone = tokens.Find(bound);
        var stillGood = tokens.Find(plain);
        _uids.Remove((typeof(V1ServiceAccount), new ObjectKey("team", "robot")));

        Assert.That(before!.Extra["authentication.kubernetes.io/pod-name"], Is.EqualTo(new[] { "web" }));
        Assert.That(whenThePodIsGone, Is.Null);
        Assert.That(stillGood, Is.Not.Null);
        Assert.That(tokens.Find(plain), Is.Null);
    }

    [Test]
    public void A_token_for_others_is_not_one_for_this_server()
    {
        var tokens = Tokens();
        var token = tokens.Issue(Robot, ["vault", "registry"], InAnHour);

        Assert.That(tokens.Find(token), Is.Null);
        Assert.That(tokens.Find(token, ["vault", "elsewhere"]), Is.Not.Null);
        Assert.That(tokens.AudiencesOf(token, ["vault", "elsewhere"]), Is.EqualTo(new[] { "vault" }));
    }

    [Test]
    public void Only_tokens_of_secrets_last_for_ever()
    {
        var tokens = Tokens();
        var endless = tokens.Issue(Robot, [Issuer], expires: null);
        var secret = tokens.Issue(Robot with { Secret = new BoundObject("old", "uid-3") }, [Issuer], expires: null);

        _time.Advance(TimeSpan.FromDays(4_000));

        Assert.That(tokens.Find(endless), Is.Null);
        Assert.That(tokens.Find(secret), Is.Not.Null);
    }

    [Test]
    public void Tokens_of_another_cluster_and_damaged_ones_are_nobody()
    {
        var tokens = Tokens();
        var other = Directory.CreateDirectory(Path.Combine(_directory.FullName, "other"));
        var foreign = Tokens(other.FullName).Issue(Robot, [Issuer], InAnHour);
        var own = tokens.Issue(Robot, [Issuer], InAnHour);

        Assert.That(tokens.Find(foreign), Is.Null);
        Assert.That(tokens.Find(own[..^4] + "AAAA"), Is.Null);
        Assert.That(tokens.Find("a.b.c"), Is.Null);
        Assert.That(tokens.Find(""), Is.Null);
    }

    [Test]
    public void After_a_change_of_the_key_tokens_of_the_one_before_are_good()
    {
        var old = Tokens().Issue(Robot, [Issuer], InAnHour);
        File.Move(Path.Combine(_directory.FullName, "service-account.key"),
            Path.Combine(_directory.FullName, "service-account-previous.key"));

        var after = Tokens();

        Assert.That(after.Find(old), Is.Not.Null);
        Assert.That(after.Find(after.Issue(Robot, [Issuer], InAnHour)), Is.Not.Null);
    }

    private ServiceAccountTokens Tokens(string? directory = null) => new(
        ServiceAccountKeys.Open(new PkiFiles(directory ?? _directory.FullName)),
        Issuer,
        (kind, key) => _uids.GetValueOrDefault((kind, key)),
        _time);
}
