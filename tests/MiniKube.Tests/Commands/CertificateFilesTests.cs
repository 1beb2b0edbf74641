using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Tests;

public sealed class CertificateFilesTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("minikube-certificates-");

    [TearDown]
    public void Remove() => _root.Delete(recursive: true);

    [TestCase(-1, "NotYetValid")]
    [TestCase(0, "Good")]
    [TestCase(59, "Good")]
    [TestCase(60, "Due")]
    [TestCase(89, "Due")]
    [TestCase(90, "Expired")]
    public void The_state_of_a_certificate_follows_from_the_day(int day, string state)
    {
        var found = CertificateFiles.StateOf(Begin, Begin.AddDays(90), Begin.AddDays(day));

        Assert.That(found.ToString(), Is.EqualTo(state));
    }

    [Test]
    public void Every_certificate_of_every_file_is_listed_with_its_days()
    {
        var pki = _root.CreateSubdirectory("pki");
        File.WriteAllText(Path.Combine(pki.FullName, "a.crt"), Pem("CN=one") + "\n" + Pem("CN=two"));
        File.WriteAllText(Path.Combine(pki.FullName, "b.pem"), Pem("CN=three"));
        File.WriteAllText(Path.Combine(pki.FullName, "b.key"), "not looked at");

        var found = CertificateFiles.Find(_root.FullName, Begin.AddDays(80));

        Assert.That(found.Select(one => one.Subject), Is.EqualTo(["CN=one", "CN=two", "CN=three"]));
        Assert.That(found[2].Row(), Is.EqualTo(["pki/b.pem", "CN=three", "2026-04-01T00:00:00Z", "10", "due for renewal"]));
    }

    [Test]
    public void A_damaged_file_is_named()
    {
        var pki = _root.CreateSubdirectory("pki");
        File.WriteAllText(Path.Combine(pki.FullName, "a.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        Assert.That(
            () => CertificateFiles.Find(_root.FullName, Begin),
            Throws.TypeOf<CommandException>().With.Message.Contains("a.crt cannot be read"));
    }

    private static string Pem(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Begin, Begin.AddDays(90));
        return certificate.ExportCertificatePem();
    }
}
