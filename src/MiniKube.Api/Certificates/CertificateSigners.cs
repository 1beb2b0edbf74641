namespace MiniKube.Api;

/// <summary>
/// Kubernetes' signers that this cluster has, and what belongs to node identities.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
/// </summary>
public static class CertificateSigners
{
    /// <summary>Client certificates of anybody but administrators and nodes; approved by people.</summary>
    public const string Client = "kubernetes.io/kube-apiserver-client";

    /// <summary>Client certificates of nodes.</summary>
    public const string NodeClient = "kubernetes.io/kube-apiserver-client-kubelet";

    /// <summary>Certificates by which nodes are known to those who call them.</summary>
    public const string NodeServing = "kubernetes.io/kubelet-serving";

    /// <summary>What the user name of a node begins with.</summary>
    public const string NodeUserPrefix = "system:node:";

    /// <summary>The group of all nodes.</summary>
    public const string NodesGroup = "system:nodes";

    /// <summary>
    /// The group of requests that the join endpoint made, after it checked the token and the node's password. No credential
    /// carries it.
    /// </summary>
    public const string CheckedJoinsGroup = "minikube:checked-joins";

    /// <summary>The name of the node a user is, or null for users that are no node.</summary>
    public static string? NodeNameOf(string userName)
        => userName.StartsWith(NodeUserPrefix, StringComparison.Ordinal) && userName.Length > NodeUserPrefix.Length
            ? userName[NodeUserPrefix.Length..]
            : null;
}
