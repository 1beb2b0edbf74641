using System.Globalization;
using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Removes bootstrap tokens at the moment they expire, as kube-controller-manager does.</summary>
internal static class TokenCleanerController
{
    private const string Name = "tokencleaner";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var secrets = context.Informer<V1Secret>();
        var reconciler = new TokenCleaner(context.ClientFor("token-cleaner"), secrets, context.Time);
        return context.Loop(Name, reconciler, workers: 1).Watches(secrets, static (key, _, current) =>
            current is { Type: TokenCleaner.TokenType } && key.Namespace == TokenCleaner.Home ? [key] : []);
    }
}

/// <summary>Keys are Secrets of tokens.</summary>
internal sealed class TokenCleaner(IApiClient client, Informer<V1Secret> secrets, TimeProvider time) : IReconciler
{
    public const string TokenType = "bootstrap.kubernetes.io/token";
    public const string Home = "kube-system";

    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (secrets.Find(key) is not { Type: TokenType } secret || EndOf(secret) is not { } end)
        {
            return ReconcileResult.Done;
        }

        var left = end - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            // Timers have a longest time; a token good for years is looked at again now and then.
            return ReconcileResult.After(left < LookAgain ? left : LookAgain);
        }

        await client.DeleteIfPresentAsync(secret, cancellationToken);
        return ReconcileResult.Done;
    }

    // What cannot be read is not good either (see the API server's own reading), but a person may want to look at it.
    private static DateTimeOffset? EndOf(V1Secret secret)
        => secret.Data?.TryGetValue("expiration", out var bytes) == true
            && DateTimeOffset.TryParse(
                Encoding.UTF8.GetString(bytes), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;
}
