using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class CertificateTests
{
    private const string Node = "system:node:worker";
    private const string NodeSubject = $"O=system:nodes, CN={Node}";

    [TestCase(CertificateSigners.NodeClient, "client auth")]
    [TestCase(CertificateSigners.NodeServing, "server auth")]
    public void A_join_that_was_checked_is_approved(string signer, string usage)
    {
        var request = Request(signer, NodeSubject, usage, "system:bootstrap:abcdef", CertificateSigners.CheckedJoinsGroup);

        Assert.That(ApprovalPlanner.Approve(request), Is.Not.Null);
    }

    [Test]
    public void A_bootstrapper_that_passes_by_the_join_waits_for_a_person()
    {
        var request = Request(
            CertificateSigners.NodeClient, NodeSubject, "client auth", "system:bootstrap:abcdef", "system:bootstrappers");

        Assert.That(ApprovalPlanner.Approve(request), Is.Null);
    }

    [TestCase(CertificateSigners.NodeClient, "client auth")]
    [TestCase(CertificateSigners.NodeServing, "server auth")]
    public void A_node_renews_its_own_certificates_and_no_others(string signer, string usage)
    {
        var own = Request(signer, NodeSubject, usage, Node, CertificateSigners.NodesGroup);
        var others = Request(signer, NodeSubject, usage, "system:node:other", CertificateSigners.NodesGroup);
        var notANode = Request(signer, NodeSubject, usage, Node, "system:authenticated");

        Assert.That(ApprovalPlanner.Approve(own), Is.Not.Null);
        Assert.That(ApprovalPlanner.Approve(others), Is.Null);
        Assert.That(ApprovalPlanner.Approve(notANode), Is.Null);
    }

    [Test]
    public void Client_certificates_of_people_wait_for_a_person()
    {
        var request = Request(CertificateSigners.Client, "CN=jane", "client auth", Node, CertificateSigners.NodesGroup);

        Assert.That(ApprovalPlanner.Approve(request), Is.Null);
    }

    [Test]
    public void What_is_denied_stays_denied()
    {
        var request = Request(CertificateSigners.NodeClient, NodeSubject, "client auth", Node, CertificateSigners.NodesGroup);
        CertificateRequests.Add(request, CertificateRequests.Denied, "No", "no", DateTime.UnixEpoch);

        Assert.That(ApprovalPlanner.Approve(request), Is.Null);
    }

    [TestCase(CertificateSigners.NodeClient, "O=system:masters, CN=system:node:worker", "client auth", "organization is not system:nodes")]
    [TestCase(CertificateSigners.NodeClient, "O=system:nodes, CN=worker", "client auth", "common name does not begin")]
    [TestCase(CertificateSigners.NodeClient, NodeSubject, "server auth", "usages did not include client auth")]
    [TestCase(CertificateSigners.Client, "CN=jane", "server auth", "usages did not include client auth")]
    public void A_signer_says_what_it_does_not_sign(string signer, string subject, string usage, string why)
    {
        var request = Request(signer, subject, usage, "admin", "system:masters");

        Assert.That(SignerRules.Refuse(request, CertificateRequests.Read(request)!), Does.Contain(why));
    }

    [Test]
    public void A_serving_certificate_needs_a_name_and_a_client_certificate_must_have_none()
    {
        const string group = CertificateSigners.NodesGroup;
        var nameless = Request(CertificateSigners.NodeServing, NodeSubject, "server auth", Node, group, named: false);
        var named = Request(CertificateSigners.NodeClient, NodeSubject, "client auth", Node, group, named: true);

        Assert.That(SignerRules.Refuse(nameless, CertificateRequests.Read(nameless)!), Does.Contain("at least one"));
        Assert.That(SignerRules.Refuse(named, CertificateRequests.Read(named)!), Does.Contain("not allowed"));
    }

    [Test]
    public void Requests_are_kept_an_hour_after_the_answer_and_a_day_without_one()
    {
        var request = Request(CertificateSigners.Client, "CN=jane", "client auth", "jane", "dev");
        request.Metadata.CreationTimestamp = DateTime.UnixEpoch;
        var open = CertificateCleaner.EndOf(request);
        CertificateRequests.Add(request, CertificateRequests.Denied, "No", "no", DateTime.UnixEpoch.AddMinutes(5));

        Assert.That(open, Is.EqualTo(DateTimeOffset.UnixEpoch.AddHours(24)));
        Assert.That(CertificateCleaner.EndOf(request), Is.EqualTo(DateTimeOffset.UnixEpoch.AddMinutes(65)));
    }

    private static V1CertificateSigningRequest Request(
        string signer, string subject, string usage, string user, string group, bool? named = null)
    {
        using var keys = new NodeKeys("worker");
        var pem = named ?? signer == CertificateSigners.NodeServing ? keys.ServingCsr() : keys.CsrFor(subject);
        return new V1CertificateSigningRequest
        {
            Metadata = new V1ObjectMeta { Name = "csr" },
            Spec = new V1CertificateSigningRequestSpec
            {
                SignerName = signer,
                Username = user,
                Groups = [group],
                Usages = ["digital signature", usage],
                Request = Encoding.ASCII.GetBytes(pem),
            },
        };
    }
}
