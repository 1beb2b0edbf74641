using System.Text;
using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Config maps and secrets: keys are file names, one mebibyte is enough, and immutable ones stay as they are.</summary>
internal static class ConfigRules
{
    private const int BytesMax = 1024 * 1024;
    private const string Frozen = "field is immutable when `immutable` is set";

    public static void Validate(V1ConfigMap map, FieldErrors errors)
    {
        var bytes = 0L;
        foreach (var (key, text) in map.Data ?? new Dictionary<string, string>())
        {
            errors.Invalid($"data[{key}]", key, Names.CheckConfigKey(key));
            if (map.BinaryData?.ContainsKey(key) == true)
            {
                errors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData");
            }

            bytes += Encoding.UTF8.GetByteCount(text);
        }

        foreach (var (key, content) in map.BinaryData ?? new Dictionary<string, byte[]>())
        {
            errors.Invalid($"binaryData[{key}]", key, Names.CheckConfigKey(key));
            bytes += content.Length;
        }

        if (bytes > BytesMax)
        {
            errors.TooLong("[]", BytesMax);
        }
    }

    public static void ValidateUpdate(V1ConfigMap map, V1ConfigMap old, FieldErrors errors)
    {
        if (old.Immutable != true)
        {
            return;
        }

        Refuse("immutable", map.Immutable != true, errors);
        Refuse("data", !SameTexts(map.Data, old.Data), errors);
        Refuse("binaryData", !SameBytes(map.BinaryData, old.BinaryData), errors);
    }

    public static void Validate(V1Secret secret, FieldErrors errors)
    {
        var bytes = 0L;
        foreach (var (key, content) in secret.Data ?? new Dictionary<string, byte[]>())
        {
            errors.Invalid($"data[{key}]", key, Names.CheckConfigKey(key));
            bytes += content.Length;
        }

        if (bytes > BytesMax)
        {
            errors.TooLong("data", BytesMax);
        }

        ValidateType(secret, errors);
    }

    public static void ValidateUpdate(V1Secret secret, V1Secret old, FieldErrors errors)
    {
        if (secret.Type != old.Type)
        {
            errors.Invalid("type", secret.Type, "field is immutable");
        }

        if (old.Immutable == true)
        {
            Refuse("immutable", secret.Immutable != true, errors);
            Refuse("data", !SameBytes(secret.Data, old.Data), errors);
        }
    }

    private static void ValidateType(V1Secret secret, FieldErrors errors)
    {
        switch (secret.Type)
        {
            case "kubernetes.io/dockerconfigjson":
                ValidateJson(secret, ".dockerconfigjson", errors);
                break;
            case "kubernetes.io/dockercfg":
                ValidateJson(secret, ".dockercfg", errors);
                break;
            case "kubernetes.io/basic-auth" when !Has(secret, "username") && !Has(secret, "password"):
                errors.Required("data[username]");
                errors.Required("data[password]");
                break;
            case "kubernetes.io/ssh-auth" when !Has(secret, "ssh-privatekey"):
                errors.Required("data[ssh-privatekey]");
                break;
            case "kubernetes.io/tls":
                ValidateTls(secret, errors);
                break;
            case "kubernetes.io/service-account-token"
                when string.IsNullOrEmpty(secret.GetAnnotation("kubernetes.io/service-account.name")):
                errors.Required("metadata.annotations[kubernetes.io/service-account.name]");
                break;
        }
    }

    private static void ValidateTls(V1Secret secret, FieldErrors errors)
    {
        foreach (var key in (string[])["tls.crt", "tls.key"])
        {
            if (secret.Data?.ContainsKey(key) != true)
            {
                errors.Required($"data[{key}]");
            }
        }
    }

    private static void ValidateJson(V1Secret secret, string key, FieldErrors errors)
    {
        if (!Has(secret, key))
        {
            errors.Required($"data[{key}]");
            return;
        }

        if (!IsJson(secret.Data[key]))
        {
            errors.Invalid($"data[{key}]", "<secret contents redacted>", "is not valid JSON");
        }
    }

    private static bool IsJson(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Has(V1Secret secret, string key) => secret.Data?.TryGetValue(key, out var content) == true && content.Length > 0;

    private static void Refuse(string field, bool changed, FieldErrors errors)
    {
        if (changed)
        {
            errors.Forbidden(field, Frozen);
        }
    }

    private static bool SameTexts(IDictionary<string, string>? left, IDictionary<string, string>? right)
        => (left?.Count ?? 0) == (right?.Count ?? 0)
            && (left ?? new Dictionary<string, string>()).All(one => right!.TryGetValue(one.Key, out var text) && text == one.Value);

    private static bool SameBytes(IDictionary<string, byte[]>? left, IDictionary<string, byte[]>? right)
        => (left?.Count ?? 0) == (right?.Count ?? 0)
            && (left ?? new Dictionary<string, byte[]>()).All(
                one => right!.TryGetValue(one.Key, out var content) && content.AsSpan().SequenceEqual(one.Value));
}
