using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class ClusterPkiTests
{
    private static readonly string[] Hosts = ["localhost", "127.0.0.1", "kubernetes.default.svc"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("minikube-pki-");
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    [TearDown]
    public void Remove() => _directory.Delete(recursive: true);

    [Test]
    public void A_second_start_finds_what_the_first_made()
    {
        using var first = Open(Hosts);
        using var second = Open(Hosts);

        Assert.That(second.Authority.Thumbprint, Is.EqualTo(first.Authority.Thumbprint));
        Assert.That(second.Server.Thumbprint, Is.EqualTo(first.Server.Thumbprint));
        Assert.That(second.Token, Is.EqualTo(first.Token).And.Length.EqualTo(64));
        Assert.That(second.Admin.ClientCertificatePem, Is.EqualTo(first.Admin.ClientCertificatePem));
    }

    [Test]
    public void Files_are_for_the_owner_only()
    {
        using var pki = Open(Hosts);

        var modes = _directory.GetFiles("*", SearchOption.AllDirectories).Select(file => file.UnixFileMode);

        Assert.That(modes, Is.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void The_server_certificate_is_good_for_its_hosts_and_signed_by_the_authority()
    {
        using var pki = Open(Hosts);

        Assert.That(Hosts, Is.All.Matches<string>(host => pki.Server.MatchesHostname(host)));
        Assert.That(pki.Server.IssuerName.Name, Is.EqualTo(pki.Authority.SubjectName.Name));
    }

    [Test]
    public void Another_address_of_the_host_gets_another_certificate_of_the_same_authority()
    {
        using var first = Open(Hosts);
        using var second = Open([.. Hosts, "10.1.2.3"]);

        Assert.That(second.Authority.Thumbprint, Is.EqualTo(first.Authority.Thumbprint));
        Assert.That(second.Server.MatchesHostname("10.1.2.3"), Is.True);
    }

    [Test]
    public void Leaves_are_renewed_when_a_third_of_their_life_is_left()
    {
        using var pki = Open(Hosts);
        var before = pki.Server.Thumbprint;

        _time.Advance(TimeSpan.FromDays(240));
        pki.RenewIfDue();
        var early = pki.Server.Thumbprint;
        _time.Advance(TimeSpan.FromDays(10));
        pki.RenewIfDue();

        Assert.That(early, Is.EqualTo(before));
        Assert.That(pki.Server.Thumbprint, Is.Not.EqualTo(before));
    }

    [Test]
    public void Handshakes_that_come_together_renew_once()
    {
        using var pki = Open(Hosts);
        var told = 0;
        pki.Renewed += () => Interlocked.Increment(ref told);
        _time.Advance(TimeSpan.FromDays(250));

        Parallel.For(0, 16, _ => pki.RenewIfDue());

        Assert.That(told, Is.EqualTo(1));
    }

    [Test]
    public void A_damaged_key_is_refused_with_the_file_and_what_to_do()
    {
        Open(Hosts).Dispose();
        File.WriteAllText(Path.Combine(PkiPath, "ca.key"), "not a key");

        Assert.That(
            () => Open(Hosts),
            Throws.TypeOf<PkiException>().With.Message.Contains(Path.Combine(PkiPath, "ca")).And.Message.Contains("Restore them"));
    }

    [Test]
    public void The_admin_certificate_names_an_administrator_and_a_foreign_one_nobody()
    {
        using var pki = Open(Hosts);
        using var foreignAuthority = new CertificateIssuer(_time).MakeAuthority("other");
        using var foreign = new CertificateIssuer(_time).MakeClient(foreignAuthority, "system:admin", "system:masters");
        using var admin = X509Certificate2.CreateFromPem(pki.Admin.ClientCertificatePem);
        var authenticator = AuthenticatorOf(pki);

        Assert.That(authenticator.FromCertificate(admin)?.Groups, Does.Contain("system:masters"));
        Assert.That(authenticator.FromCertificate(foreign), Is.Null);
        Assert.That(authenticator.FromCertificate(pki.Server), Is.Null, "a server certificate is no client's");
    }

    [TestCase("Bearer {0}", true)]
    [TestCase("bearer {0}", true)]
    [TestCase("Bearer {0}x", false)]
    [TestCase("Bearer ", false)]
    [TestCase("Basic {0}", false)]
    public void Only_the_admin_token_is_one(string header, bool valid)
    {
        using var pki = Open(Hosts);
        var authenticator = AuthenticatorOf(pki);

        var user = authenticator.FromAuthorization(string.Format(null, header, pki.Token));

        Assert.That(user is not null, Is.EqualTo(valid));
    }

    [Test]
    public void A_new_authority_signs_while_the_old_one_stays_trusted_for_a_leafs_life()
    {
        using var pki = Open(Hosts);
        var old = pki.Authority;

        pki.Rotate(authority: true);
        var authorities = pki.Material.Authorities;
        using var again = Open(Hosts);
        _time.Advance(TimeSpan.FromDays(367));
        pki.RenewIfDue();

        Assert.That(authorities.Select(one => one.Thumbprint), Is.EqualTo([pki.Authority.Thumbprint, old.Thumbprint]));
        Assert.That(again.Material.Authorities.Select(one => one.Thumbprint), Is.EqualTo(authorities.Select(one => one.Thumbprint)));
        Assert.That(CertificateIssuer.IsSignedBy(again.Server, pki.Authority), Is.True);
        Assert.That(pki.Material.Authorities, Has.Length.EqualTo(1), "the grace is over");
    }

    [Test]
    public void Who_knows_only_an_old_authority_trusts_the_server_through_two_new_ones()
    {
        using var pki = Open(Hosts);
        var old = pki.Authority;

        pki.Rotate(authority: true);
        pki.Rotate(authority: true);

        Assert.That(Trusts(old, pki.Server, pki.Material.Bridges), Is.True);
        Assert.That(Trusts(pki.Authority, pki.Server, pki.Material.Bridges), Is.True);
        Assert.That(Trusts(old, pki.Server, []), Is.False, "only the bridge leads there");
    }

    [Test]
    public void A_rotated_authority_leaves_certificates_it_signed_valid_to_their_end()
    {
        using var pki = Open(Hosts);
        using var admin = X509Certificate2.CreateFromPem(pki.Admin.ClientCertificatePem);
        var authenticator = AuthenticatorOf(pki);

        pki.Rotate(authority: true);

        Assert.That(authenticator.FromCertificate(admin)?.Groups, Does.Contain("system:masters"));
        Assert.That(pki.Admin.ClientCertificatePem, Is.Not.EqualTo($"{admin.ExportCertificatePem()}\n"));
    }

    [Test]
    public void A_rotation_that_is_cut_off_after_any_of_its_files_leaves_an_authority_that_everybody_trusts()
    {
        using var first = Open(Hosts);
        var trusted = first.Authority;

        // Each time one file later, until it comes through.
        var isCutOff = true;
        for (var files = 1; isCutOff; files++)
        {
            var left = files;
            var cut = new PkiFiles(PkiPath) { Written = _ => left = left > 1 ? left - 1 : throw new IOException("the power failed") };
            using (var dying = ClusterPki.Open(cut, Hosts, null, _time))
            {
                isCutOff = IsCutOff(() => dying.Rotate(authority: true));
            }

            using var next = Open(Hosts);
            Assert.That(Trusts(trusted, next.Server, next.Material.Bridges), Is.True, $"after {files} files");
            Assert.That(next.Material.Authorities.Select(one => one.Thumbprint), Does.Contain(trusted.Thumbprint));
            Assert.That(CertificateIssuer.IsSignedBy(next.Server, next.Authority), Is.True);
        }

        Assert.That(Directory.GetFiles(PkiPath, "*.next"), Is.Empty);
    }

    private static bool IsCutOff(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    [Test]
    public void An_authority_is_replaced_when_two_thirds_of_its_life_are_over()
    {
        using var pki = Open(Hosts);
        var old = pki.Authority.Thumbprint;

        _time.Advance(TimeSpan.FromDays(2_440));
        pki.RenewIfDue();

        Assert.That(pki.Authority.Thumbprint, Is.Not.EqualTo(old));
        Assert.That(pki.Material.Authorities[1].Thumbprint, Is.EqualTo(old));
    }

    [Test]
    public void An_expired_server_certificate_is_replaced_at_the_start()
    {
        Open(Hosts).Dispose();
        _time.Advance(TimeSpan.FromDays(1_000));

        using var late = Open(Hosts);

        Assert.That(late.Server.NotAfter, Is.GreaterThan(_time.GetUtcNow().LocalDateTime));
    }

    [Test]
    public void A_certificate_made_while_the_clock_was_ahead_is_replaced_when_it_is_right_again()
    {
        var right = new FakeTimeProvider(_time.GetUtcNow() + TimeSpan.FromDays(1));
        using (var pki = Open(Hosts))
        {
            _time.Advance(TimeSpan.FromDays(30));
            pki.Rotate(authority: false);
        }

        using var again = ClusterPki.Open(PkiPath, Hosts, null, right);

        Assert.That(again.Server.NotBefore, Is.LessThan(right.GetUtcNow().LocalDateTime));
    }

    [Test]
    public void A_clock_behind_the_authority_itself_stops_no_start()
    {
        Open(Hosts).Dispose();
        File.Delete(Path.Combine(PkiPath, "server.crt"));
        var behind = new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromDays(30));

        using var pki = ClusterPki.Open(PkiPath, Hosts, null, behind);

        Assert.That(pki.Server.NotAfter, Is.GreaterThan(pki.Server.NotBefore));
    }

    [Test]
    public void A_host_with_other_names_gets_another_certificate_and_says_so_once()
    {
        using var pki = Open(Hosts);
        var renewed = 0;
        pki.Renewed += () => renewed++;

        pki.Follow([.. Hosts, "10.9.8.7"]);
        pki.Follow([.. Hosts, "10.9.8.7"]);

        Assert.That(pki.Server.MatchesHostname("10.9.8.7"), Is.True);
        Assert.That(renewed, Is.EqualTo(1));
    }

    [TestCase(100, 10)]
    [TestCase(5, 5)]
    [TestCase(0, 1)]
    [TestCase(-100, 1)]
    public void Renewal_waits_for_its_time_but_looks_at_the_clock_now_and_then(int minutesLeft, int minutes)
    {
        var now = _time.GetUtcNow();

        Assert.That(PkiRenewal.WaitFor(now.AddMinutes(minutesLeft), now), Is.EqualTo(TimeSpan.FromMinutes(minutes)));
    }

    private static bool Trusts(X509Certificate2 root, X509Certificate2 leaf, IEnumerable<X509Certificate2> between)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(between.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private string PkiPath => Path.Combine(_directory.FullName, "pki");

    private Authenticator AuthenticatorOf(ClusterPki pki) => new(
        () => pki.Material.Authorities,
        new JoinTokens(static _ => null, pki.Token, "node", _time),
        new ServiceAccountTokens(pki.AccountKeys, "https://issuer", static (_, _) => null, _time));

    private ClusterPki Open(IReadOnlyList<string> hosts) => ClusterPki.Open(PkiPath, hosts, null, _time);
}
