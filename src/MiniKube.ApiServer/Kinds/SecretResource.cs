using System.Text;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class SecretResource : ResourceDefinition<V1Secret>
{
    public SecretResource()
        : base(Gvr.Core("v1", "secrets"), Scope.Namespaced, "Secret")
    {
        Column("Type", secret => secret.Type);
        Column("Data", secret => secret.Data?.Count ?? 0);
        Field("type", secret => secret.Type);
    }

    protected override void ApplyDefaults(V1Secret secret)
    {
        if (string.IsNullOrEmpty(secret.Type))
        {
            secret.Type = "Opaque";
        }

        MoveStringData(secret);
    }

    protected override void Validate(V1Secret secret, FieldErrors errors) => ConfigRules.Validate(secret, errors);

    protected override void ValidateUpdate(V1Secret secret, V1Secret old, FieldErrors errors)
        => ConfigRules.ValidateUpdate(secret, old, errors);

    // stringData is a convenience for writers only: it is never stored and never read back.
    private static void MoveStringData(V1Secret secret)
    {
        foreach (var (key, text) in secret.StringData ?? new Dictionary<string, string>())
        {
            secret.Data ??= new Dictionary<string, byte[]>();
            secret.Data[key] = Encoding.UTF8.GetBytes(text ?? "");
        }

        secret.StringData = null;
    }
}
