using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>Where the hash of a node's password is kept.</summary>
public static class NodePasswordSecret
{
    /// <summary>What the Secret's name ends with.</summary>
    public const string Suffix = ".node-password.minikube";

    private const string Home = "kube-system";

    /// <summary>The Secret of a node.</summary>
    public static ObjectKey KeyOf(string nodeName) => new(Home, nodeName + Suffix);

    /// <summary>The node a Secret is about; null for any other Secret.</summary>
    public static string? NodeOf(ObjectKey secret)
        => secret.Namespace == Home && secret.Name.EndsWith(Suffix, StringComparison.Ordinal)
            ? secret.Name[..^Suffix.Length]
            : null;
}
