using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Keeps names to their machines: the first that joins under a name leaves a salted hash of its password in the Secret
/// <c>NODE.node-password.minikube</c> in kube-system; later only who knows the password gets the name. The Secret goes with
/// the Node.
/// </summary>
internal sealed class NodePasswords(ApiPipeline pipeline, ObjectLookup objects)
{
    private const string HashKey = "hash";
    private const string Scheme = "pbkdf2-sha256";

    // The passwords are 128 random bits and more: guessing is hopeless anyway, this only makes it slow.
    private const int Iterations = 10_000;
    private const int SaltBytes = 16;

    /// <exception cref="ApiException">Forbidden: another machine has the name.</exception>
    public async Task ClaimAsync(string nodeName, string password, CancellationToken cancellationToken)
    {
        var key = NodePasswordSecret.KeyOf(nodeName);
        if (objects.Find<V1Secret>(key) is null)
        {
            if (objects.Find<V1Node>(ObjectKey.Cluster(nodeName)) is not null)
            {
                throw Taken(nodeName, "a node that did not join with a password");
            }

            await TryCreateAsync(key, password, cancellationToken);
        }

        // Also after a create: two machines may have come at the same moment.
        if (objects.Find<V1Secret>(key) is not { } kept || !Verify(kept, password))
        {
            throw Taken(nodeName, "a machine that joined with another node password");
        }
    }

    private async Task TryCreateAsync(ObjectKey key, string password, CancellationToken cancellationToken)
    {
        var definition = pipeline.Resources.Get(typeof(V1Secret));
        var secret = new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new V1ObjectMeta { Name = key.Name, NamespaceProperty = key.Namespace },
            Type = "Opaque",
            Data = new Dictionary<string, byte[]> { [HashKey] = Encoding.ASCII.GetBytes(HashOf(password)) },
        };
        var request = new ResourceRequest(UserInfo.ApiServer, Verb.Create, definition, key.Namespace);
        try
        {
            await pipeline.CreateAsync(request, secret, WriteOptions.Default, cancellationToken);
        }
        catch (ApiException taken) when (taken.Reason == StatusReason.AlreadyExists)
        {
            // Somebody was faster; whether it is the same machine is checked by the caller.
        }
    }

    internal static string HashOf(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Derive(password, salt, Iterations);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Scheme}${Iterations}${Convert.ToHexStringLower(salt)}${Convert.ToHexStringLower(hash)}");
    }

    internal static bool Verify(string kept, string password)
    {
        var parts = kept.Split('$');
        if (parts is not [Scheme, var count, var salt, var hash]
            || !int.TryParse(count, CultureInfo.InvariantCulture, out var iterations) || iterations < 1)
        {
            return false;
        }

        try
        {
            return CryptographicOperations.FixedTimeEquals(
                Derive(password, Convert.FromHexString(salt), iterations), Convert.FromHexString(hash));
        }
        catch (FormatException)
        {
            return false; // Somebody edited the Secret: nobody gets in until it or the Node is deleted.
        }
    }

    private static bool Verify(V1Secret kept, string password)
        => kept.Data?.TryGetValue(HashKey, out var hash) == true && Verify(Encoding.ASCII.GetString(hash), password);

    private static byte[] Derive(string password, byte[] salt, int iterations)
        => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    private static ApiException Taken(string nodeName, string owner)
        => new(StatusReason.Forbidden,
            $"the node name \"{nodeName}\" is taken by {owner}; choose another with --node-name, "
            + $"or free it with 'kubectl delete node {nodeName}'")
        {
            Subject = new Gvk("", "v1", "nodes"),
            SubjectName = nodeName,
        };
}
