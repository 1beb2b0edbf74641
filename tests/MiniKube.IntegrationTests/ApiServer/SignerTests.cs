using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Who approves a request for a certificate needs a permission for its signer, too.</summary>
public sealed class SignerTests : HttpFixture
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";

    [TestCase("kubernetes.io/kube-apiserver-client", true)]
    [TestCase("kubernetes.io/*", true)]
    [TestCase("example.com/*", false)]
    [CancelAfter(20_000)]
    public async Task A_request_is_approved_by_whoever_may_approve_for_its_signer(
        string allowed, bool isApproved, CancellationToken cancellationToken)
    {
        await AllowAsync("writer", "certificatesigningrequests/approval", "update", "", cancellationToken);
        await AllowAsync("approver", "signers", "approve", allowed, cancellationToken);
        using var keys = new NodeKeys("unused");
        var request = await Cluster.LocalClient().CreateAsync(
            new V1CertificateSigningRequest
            {
                Metadata = new V1ObjectMeta { Name = "csr" },
                Spec = new V1CertificateSigningRequestSpec
                {
                    Request = System.Text.Encoding.ASCII.GetBytes(keys.CsrFor("CN=jane")),
                    SignerName = "kubernetes.io/kube-apiserver-client",
                    Usages = ["client auth"],
                },
            },
            cancellationToken);
        request = ObjectJson.Copy(request);
        request.Status = new V1CertificateSigningRequestStatus
        {
            Conditions = [new V1CertificateSigningRequestCondition { Type = "Approved", Status = "True", Reason = "Test" }],
        };
        var bob = Cluster.Server.CreateClient("bob", "dev");

        var refusal = await RefusalAsync(() => bob.UpdateAsync(request, "approval", cancellationToken));

        Assert.That(refusal, Is.EqualTo(isApproved ? null
            : "certificatesigningrequests.certificates.k8s.io \"csr\" is forbidden: "
                + "user not permitted to approve requests with signerName \"kubernetes.io/kube-apiserver-client\""));
    }

    private async Task AllowAsync(string role, string resource, string verb, string name, CancellationToken cancellationToken)
    {
        var names = name.Length == 0 ? "" : $",\"resourceNames\":[\"{name}\"]";
        await PostAsync($"{Rbac}/clusterroles",
            $$"""
            {"metadata":{"name":"{{role}}"},
             "rules":[{"apiGroups":["certificates.k8s.io"],"resources":["{{resource}}"],"verbs":["{{verb}}"]{{names}} }]}
            """, cancellationToken);
        await PostAsync($"{Rbac}/clusterrolebindings",
            $$"""
            {"metadata":{"name":"{{role}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{role}}"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"bob"}]}
            """, cancellationToken);
    }

    private static async Task<string?> RefusalAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (ApiException refused)
        {
            return refused.Message;
        }
    }
}
