using System.Text;
using k8s.Models;
using MiniKube.ApiServer;

namespace MiniKube.Tests;

public sealed class TokenTests
{
    [TestCase("K10abc::node:secret", "node", "secret")]
    [TestCase("K10abc::abcdef:0123456789abcdef", "abcdef", "0123456789abcdef")]
    [TestCase("abcdef.0123456789abcdef", "abcdef", "0123456789abcdef")]
    [TestCase("K10abc::abcdef.0123456789abcdef", "abcdef", "0123456789abcdef")]
    [TestCase("server:secret\n", "server", "secret")]
    [TestCase("secret", "", "secret")]
    [TestCase("abcdef.0123456789ABCDEF", "", "abcdef.0123456789ABCDEF")]
    public void A_token_is_read_in_every_form_people_paste(string token, string user, string secret)
    {
        var credential = JoinCredential.Parse(token);

        Assert.That(credential, Is.EqualTo(new JoinCredential(user, secret)));
    }

    [Test]
    public void A_token_with_an_unreadable_end_is_not_good_for_ever()
    {
        var token = BootstrapToken.Of(Secret(("expiration", "tomorrow")))!;

        Assert.That(token.HasExpired(DateTimeOffset.UnixEpoch), Is.True);
    }

    [Test]
    public void A_token_without_an_end_does_not_expire()
    {
        var token = BootstrapToken.Of(Secret())!;

        Assert.That(token.HasExpired(DateTimeOffset.MaxValue), Is.False);
    }

    [Test]
    public void A_secret_whose_name_is_of_another_token_is_none()
    {
        var secret = Secret();
        secret.Metadata.Name = "bootstrap-token-zzzzzz";

        Assert.That(BootstrapToken.Of(secret), Is.Null);
    }

    [Test]
    public void Only_groups_of_bootstrappers_can_be_given_by_a_token()
    {
        var token = BootstrapToken.Of(Secret(("auth-extra-groups", "system:masters,system:bootstrappers:lab, minikube:checked-joins")))!;

        Assert.That(token.ExtraGroups, Is.EqualTo(["system:bootstrappers:lab"]));
    }

    [Test]
    public void A_password_fits_its_own_hash_and_no_other()
    {
        var hash = NodePasswords.HashOf("right");

        Assert.That(NodePasswords.Verify(hash, "right"), Is.True);
        Assert.That(NodePasswords.Verify(hash, "wrong"), Is.False);
        Assert.That(NodePasswords.HashOf("right"), Is.Not.EqualTo(hash), "salted");
    }

    [TestCase("")]
    [TestCase("pbkdf2-sha256$0$aa$bb")]
    [TestCase("pbkdf2-sha256$10$xx$yy")]
    [TestCase("md5$10$aa$bb")]
    public void A_damaged_hash_fits_nothing(string hash)
    {
        Assert.That(NodePasswords.Verify(hash, ""), Is.False);
    }

    private static V1Secret Secret(params (string Key, string Value)[] more)
    {
        var data = new Dictionary<string, byte[]>
        {
            ["token-id"] = "abcdef"u8.ToArray(),
            ["token-secret"] = "0123456789abcdef"u8.ToArray(),
        };
        foreach (var (key, value) in more)
        {
            data[key] = Encoding.UTF8.GetBytes(value);
        }

        return new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "bootstrap-token-abcdef", NamespaceProperty = "kube-system" },
            Type = "bootstrap.kubernetes.io/token",
            Data = data,
        };
    }
}
