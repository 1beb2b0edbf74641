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
        var authenticator = new Authenticator(pki.Authority, new JoinTokens(static _ => null, pki.Token, "node", _time));

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
        var authenticator = new Authenticator(pki.Authority, new JoinTokens(static _ => null, pki.Token, "node", _time));

        var user = authenticator.FromAuthorization(string.Format(null, header, pki.Token));

        Assert.That(user is not null, Is.EqualTo(valid));
    }

    private string PkiPath => Path.Combine(_directory.FullName, "pki");

    private ClusterPki Open(IReadOnlyList<string> hosts) => ClusterPki.Open(PkiPath, hosts, null, _time);
}
