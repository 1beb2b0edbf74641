using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A token kept as a Secret: <c>bootstrap-token-ID</c> in kube-system.
/// https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/
/// </summary>
internal sealed partial record BootstrapToken
{
    public const string SecretType = "bootstrap.kubernetes.io/token";
    public const string Namespace = "kube-system";
    public const string NamePrefix = "bootstrap-token-";
    public const string UserPrefix = "system:bootstrap:";
    public const string Group = "system:bootstrappers";

    private BootstrapToken(string id, string secret)
    {
        Id = id;
        Secret = secret;
    }

    public string Id { get; }

    public string Secret { get; }

    /// <summary>When it ends to be good; null for never.</summary>
    public DateTimeOffset? Expiration { get; private init; }

    /// <summary>True when it may prove who one is.</summary>
    public bool Authenticates { get; private init; }

    public ImmutableArray<string> ExtraGroups { get; private init; }

    public static ObjectKey KeyOf(string id) => new(Namespace, NamePrefix + id);

    /// <summary>Splits <c>abcdef.0123456789abcdef</c>.</summary>
    public static bool TrySplit(string token, out string id, out string secret)
    {
        var match = Form().Match(token);
        (id, secret) = (match.Groups["id"].Value, match.Groups["secret"].Value);
        return match.Success;
    }

    public static bool IsId(string text) => IdForm().IsMatch(text);

    /// <summary>What the Secret says, or null when it is no token, or not the one its name says.</summary>
    public static BootstrapToken? Of(V1Secret secret)
    {
        var id = Text(secret, "token-id");
        if (secret.Type != SecretType || secret.Metadata.Name != NamePrefix + id
            || Text(secret, "token-secret") is not { Length: > 0 } proof)
        {
            return null;
        }

        var expiration = Text(secret, "expiration");
        return new BootstrapToken(id!, proof)
        {
            // What cannot be read does not make a token good for ever.
            Expiration = string.IsNullOrEmpty(expiration) ? null : ParseTime(expiration),
            Authenticates = Text(secret, "usage-bootstrap-authentication") == "true",
            ExtraGroups = [.. (Text(secret, "auth-extra-groups") ?? "").Split(',').Select(static one => one.Trim())
                .Where(static one => GroupForm().IsMatch(one))],
        };
    }

    public bool HasExpired(DateTimeOffset now) => Expiration <= now;

    private static DateTimeOffset ParseTime(string text)
        => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : DateTimeOffset.MinValue;

    private static string? Text(V1Secret secret, string key)
        => secret.Data?.TryGetValue(key, out var bytes) == true ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => Id;

    [GeneratedRegex("^(?<id>[a-z0-9]{6})\\.(?<secret>[a-z0-9]{16})$")]
    private static partial Regex Form();

    [GeneratedRegex("^[a-z0-9]{6}$")]
    private static partial Regex IdForm();

    [GeneratedRegex("^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$")]
    private static partial Regex GroupForm();
}
